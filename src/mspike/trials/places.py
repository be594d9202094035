"""Places: a ZIP code, a city or a pair of coordinates → a point, and how far two points are apart.

Without the tables of the extra `trials` a site still has the coordinates that its record gives, and a search takes
coordinates.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from mspike.trials.gazetteer import Point, cities_abroad, country_code, installed, state_code, us_cities, zip_point
from mspike.trials.trial import Site

EARTH_MILES = 3958.8
MILES_A_DEGREE = 69.0
"""Of latitude; a little less than any real one, so that a box made with it is never too small."""
KM_A_MILE = 1.609344
NEAR_MILES = 30.0
"""Cities of one name that lie this close together are one place."""


class Box(NamedTuple):
    """Degrees."""

    south: float
    north: float
    west: float
    east: float


class PlaceError(ValueError):
    """A place that cannot be found: what was given, and what to do."""


def miles_between(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance of two (latitude, longitude) in degrees."""
    north, south = math.radians(a[0]), math.radians(b[0])
    half = math.sin((south - north) / 2) ** 2
    half += math.cos(north) * math.cos(south) * math.sin(math.radians(b[1] - a[1]) / 2) ** 2
    return 2 * EARTH_MILES * math.asin(math.sqrt(min(1.0, half)))


def boxes(latitude: float, longitude: float, miles: float) -> Iterator[Box]:
    """One or two boxes that hold every point within the distance; two where the circle crosses the 180th meridian."""
    high = miles / MILES_A_DEGREE
    south, north = latitude - high, latitude + high
    if south <= -90 or north >= 90 or miles >= EARTH_MILES:
        yield Box(max(south, -90.0), min(north, 90.0), -180.0, 180.0)
        return
    reach = math.sin(miles / EARTH_MILES) / math.cos(math.radians(latitude))
    wide = math.degrees(math.asin(min(1.0, reach))) * 1.001 + 1e-6 if reach < 1 else 180.0
    west, east = longitude - wide, longitude + wide
    if wide >= 180:
        yield Box(south, north, -180.0, 180.0)
    elif west < -180:
        yield from (Box(south, north, west + 360, 180.0), Box(south, north, -180.0, east))
    elif east > 180:
        yield from (Box(south, north, west, 180.0), Box(south, north, -180.0, east - 360))
    else:
        yield Box(south, north, west, east)


def read_radius(text: str) -> float:
    """`50`, `50mi`, `80 km` → miles. Raises PlaceError for what is none, or not above zero."""
    found = re.fullmatch(r"\s*(-?\d+(?:\.\d+)?)\s*(mi|miles?|km)?\s*", text.lower())
    if found is None:
        raise PlaceError(f"radius {text!r} is no distance; write 50, 50mi or 80km")
    miles = float(found[1]) / (KM_A_MILE if found[2] == "km" else 1)
    if not 0 < miles <= 12500:
        raise PlaceError(f"radius {text!r}: a distance lies above 0 and below 12,500 miles; write 50, 50mi or 80km")
    return miles


def find_place(text: str) -> Point:
    """What somebody types: `77030`, `Houston, TX`, `Lyon, France`, `29.7,-95.4`. Raises PlaceError."""
    given = " ".join(text.split())
    if pair := re.fullmatch(r"(-?\d+(?:\.\d+)?)\s*[,;]\s*(-?\d+(?:\.\d+)?)", given):
        latitude, longitude = float(pair[1]), float(pair[2])
        if abs(latitude) > 90 or abs(longitude) > 180:
            raise PlaceError(f"{given!r} lies off the globe; write LATITUDE,LONGITUDE: −90 to 90, −180 to 180")
        return Point(latitude, longitude, "coordinates", given)
    if re.fullmatch(r"\d{5}(-\d{4})?", given):
        if not installed():
            raise _without_tables()
        if (point := zip_point(given)) is None:
            raise PlaceError(f"no ZIP code {given[:5]} is known; give another one, or the city and state")
        return point
    if not re.search(r"[^\W\d_]", given):
        raise PlaceError(
            f"{given!r} is no place; give a US ZIP code of five digits, or city and state, or city and country"
        )
    if not installed():
        raise _without_tables()
    return _city(given)


def _without_tables() -> PlaceError:
    return PlaceError("the tables of places are not installed; install mspike[trials], or give LATITUDE,LONGITUDE")


def _city(given: str) -> Point:
    city, _, rest = (part.strip() for part in given.partition(","))
    state, country = state_code(rest), country_code(rest.rsplit(",", 1)[-1])
    found = list(us_cities(city, state)) if state or not rest or country == "US" else []
    if not state and country != "US":
        found += cities_abroad(city, country if rest else "")
    found = _apart(found)
    if len(found) == 1:
        return found[0]
    if not found:
        raise PlaceError(f"no place {given!r} is known; give a ZIP code, city and state, or city and country")
    names = "; ".join(point.name for point in found[:6]) + (" …" if len(found) > 6 else "")
    raise PlaceError(f"{given!r} is several places: {names}; say which")


def locate(site: Site) -> Point | None:
    """The point of a site: its record's coordinates, else its ZIP code, else its city by name; None = not known."""
    if site.latitude is not None and site.longitude is not None:
        return Point(site.latitude, site.longitude, site.basis or "coordinates")
    return _by_name(site.zip, site.city, site.state, site.country) if installed() else None


@lru_cache(maxsize=65536)
def _by_name(zip_code: str, city: str, state: str, country: str) -> Point | None:
    code = country_code(country)
    if code in ("US", "PR", "") and (point := zip_point(zip_code)):
        return point
    if code in ("US", "PR"):
        found = list(us_cities(city, "PR" if code == "PR" else state_code(state))) if state or code == "PR" else []
    else:
        found = list(cities_abroad(city, code)) if code else []
    found = _apart(found)
    return found[0] if len(found) == 1 else None


def _apart(points: list[Point]) -> list[Point]:
    """The points without those that lie close to an earlier one."""
    kept: list[Point] = []
    for point in points:
        here = (point.latitude, point.longitude)
        if all(miles_between(here, (other.latitude, other.longitude)) > NEAR_MILES for other in kept):
            kept.append(point)
    return kept
