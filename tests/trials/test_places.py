"""Places: what somebody types, where a site lies and on what that rests, how far apart two points are."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mspike.trials import PlaceError, find_place, gazetteer, places, read_radius
from mspike.trials.places import boxes, locate, miles_between
from trials.invented import HOUSTON, site

latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)
TABLES = pytest.mark.skipif(not gazetteer.installed(), reason="the tables of places are not installed")


def test_known_distances() -> None:
    assert miles_between((40.7128, -74.006), (34.0522, -118.2437)) == pytest.approx(2446, abs=5)
    assert miles_between((0, 179.5), (0, -179.5)) == pytest.approx(69, abs=1)
    assert miles_between((90, 0), (90, 120)) == pytest.approx(0, abs=0.01)


def boxed(here: tuple[float, float], there: tuple[float, float], radius: float) -> bool:
    """Whether a point beyond the radius, or in a box."""
    (north, east), found = there, boxes(*here, radius)
    inside = any(box.south <= north <= box.north and box.west <= east <= box.east for box in found)
    return inside or miles_between(here, there) > radius


@given(latitudes, longitudes, latitudes, longitudes, st.floats(0.5, 12000))
def test_a_point_within_the_radius_lies_in_a_box(a: float, b: float, c: float, d: float, radius: float) -> None:
    assert boxed((a, b), (c, d), radius)


@given(latitudes, longitudes, st.floats(0, 360), st.floats(0.5, 500))
def test_so_does_one_that_is_near(latitude: float, longitude: float, bearing: float, radius: float) -> None:
    degrees = radius / 69.2
    north = max(-90.0, min(90.0, latitude + degrees * math.cos(bearing)))
    east = longitude + degrees * math.sin(bearing) / max(0.01, math.cos(math.radians(latitude)))
    assert boxed((latitude, longitude), (north, (east + 180) % 360 - 180), radius)


@pytest.mark.parametrize(
    ("text", "miles"), [("50", 50), ("50mi", 50), (" 50 Miles", 50), ("80 km", 49.7), ("0.5", 0.5)]
)
def test_a_radius(text: str, miles: float) -> None:
    assert read_radius(text) == pytest.approx(miles, abs=0.05)


@pytest.mark.parametrize("text", ["-5", "0", "ten", "", "5 yards", "1e9", "nan", "99999", "--"])
def test_no_radius(text: str) -> None:
    with pytest.raises(PlaceError):
        read_radius(text)


@pytest.mark.parametrize("text", ["29.7,-95.4", "29.7, -95.4", "29.7; -95.4"])
def test_coordinates_need_no_tables(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(places, "installed", lambda: False)
    found = find_place(text)
    assert (found.latitude, found.longitude, found.basis) == (29.7, -95.4, "coordinates")


@pytest.mark.parametrize("text", ["77030", "Houston, TX"])
def test_without_the_tables_a_name_is_told_what_is_missing(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(places, "installed", lambda: False)
    with pytest.raises(PlaceError, match=r"mspike\[trials\]"):
        find_place(text)
    assert locate(site("Houston", point=None, zip="77030", country="United States")) is None


@TABLES
@pytest.mark.parametrize(
    ("text", "name", "basis"),
    [
        ("77030", "77030 (Houston, TX)", "zip-centre"),
        ("77030-1234", "77030 (Houston, TX)", "zip-centre"),
        ("houston, tx", "Houston, TX", "city-name"),
        ("St. Louis, Missouri", "Saint Louis, MO", "city-name"),
        ("Lyon, France", "Lyon, France", "city-name"),
        ("München, Germany", "Munich, Germany", "city-name"),
        ("São Paulo, Brazil", "São Paulo, Brazil", "city-name"),
        ("Seoul, Korea, Republic of", "Seoul, South Korea", "city-name"),
    ],
)
def test_places_by_name(text: str, name: str, basis: str) -> None:
    found = find_place(text)
    assert (found.name, found.basis) == (name, basis)


@TABLES
@pytest.mark.parametrize(
    ("text", "word"),
    [("99999", "no ZIP code 99999"), ("00000", "no ZIP code"), ("Springfield", "several places"), ("", "is no place"),
     ("1234", "is no place"), ("123456", "is no place"), ("Xyzzyville, TX", "no place"), ("Lyon, Texas", "no place"),
     ("91,0", "off the globe"), ("0,181", "off the globe"), ("💉", "is no place"), ("-77030", "is no place")],
)  # fmt: skip
def test_places_that_are_none(text: str, word: str) -> None:
    with pytest.raises(PlaceError, match=word):
        find_place(text)


@TABLES
def test_on_what_the_point_of_a_site_rests() -> None:
    given = site("Houston", point=HOUSTON)
    by_zip = site("Nowhere", point=None, zip="77030-4009", country="United States")
    by_city = site("Houston", point=None, state="Texas", country="United States")
    abroad = site("Lyon", point=None, zip="69008", country="France")
    found = [locate(each) for each in (given, by_zip, by_city, abroad)]
    assert [point.basis if point else "" for point in found] == ["city-centre", "zip-centre", "city-name", "city-name"]


@TABLES
@pytest.mark.parametrize(
    "unknown",
    [
        {"city": "Springfield", "country": "United States"},
        {"city": "Nowhere at all", "country": "France"},
        {"city": "Lyon", "country": "Atlantis"},
        {"city": "", "country": ""},
    ],
)
def test_a_place_that_would_be_a_guess_is_unknown(unknown: dict[str, str]) -> None:
    assert locate(site(point=None, **unknown)) is None
