"""Hostile and broken input: refused in one clear message, quickly, and never the end of the other records."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mspike.record import KEYS, Record, RecordError, read_case

HEAD = "schema: mspike-case/1\nas_of: 2026-06-30\n"


@pytest.mark.parametrize(
    ("text", "at", "hint"),
    [
        (HEAD + "patient: {age: 66\nlines: []\n", "line ", "indentation"),
        (HEAD + "patient:\n\tage: 66\n", "line 4, column 1", "spaces, not with a tab"),
        (HEAD + "note: 'x\n", "line ", "quotes"),
        (HEAD + "a: b: c\n", "line 3, column 5", "colons"),
        (HEAD + "measurements:\n  - value: >=200\n", "line 4, column 13", '">=200"'),
        (HEAD + "measurements:\n  - value: >15\n", "line 4", '">=200"'),
        (HEAD + "id: @home\n", "line 3, column 5", "quotes"),
    ],
)
def test_malformed_yaml_names_the_line(bad, text, at, hint):
    error = bad(text)
    assert error.rule == "not readable as YAML"
    assert error.at.startswith(at)
    assert hint in error.hint


def test_malformed_json_names_the_line():
    (error,) = read_case('{"schema": "mspike-case/1",\n "id": }', "x.json")
    assert isinstance(error, RecordError)
    assert (error.rule, error.at, error.record) == ("not readable as JSON", "line 2, column 8", "x.json")
    assert "brackets" in error.hint


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


@pytest.mark.parametrize("text", [BOMB, "x: *nowhere\n", "x: &me 1\n", "<<: *base\n", "x: {<<: &b {}}\n", "&k x: 1\n"])
def test_anchors_and_aliases_are_not_read(bad, text):
    assert bad(HEAD + text).rule == "a YAML anchor or alias is not read"


@pytest.mark.parametrize(
    "tagged",
    ["!!python/object/apply:os.system ['true']", "!!python/name:os.system", "!!str 12", "!secret x", "! x", "!!map {}",
     "!!set {a}", "!!binary aGk=", "[!!int '3']"],
)  # fmt: skip
def test_tags_are_not_read(bad, tagged):
    error = bad(HEAD + f"id: {tagged}\n")
    assert (error.rule, error.at) == ("a YAML tag is not read", "line 3")


@pytest.mark.parametrize("deep", [20, 100_000])
@pytest.mark.parametrize(("open_", "close"), [("[", "]"), ('{"a":', "}")])
@pytest.mark.parametrize("name", ["x.yaml", "x.json"])
def test_depth_is_capped(deep, open_, close, name):
    text = '{"schema": "mspike-case/1", "lines": ' + open_ * deep + "1" + close * deep + "}"
    (error,) = read_case(text, name)
    assert isinstance(error, RecordError)
    assert error.rule == "nested more than 12 deep"


@pytest.mark.parametrize("name", ["x.yaml", "x.json"])
def test_size_in_entries_is_capped(name):
    text = '{"schema": "mspike-case/1", "medications": [' + ",".join(["1"] * 1_000_000) + "]}"
    began = time.perf_counter()
    (error,) = read_case(text, name)
    assert isinstance(error, RecordError)
    assert error.rule == "more than 50000 entries in one record"
    assert time.perf_counter() - began < 10


@pytest.mark.parametrize("name", ["x.yaml", "x.json"])
def test_a_very_long_text_is_refused_and_not_repeated(name):
    (error,) = read_case('{"schema": "mspike-case/1", "id": "' + "A" * 1_000_000 + '"}', name)
    assert isinstance(error, RecordError)
    assert error.rule == "a text of more than 10000 characters"
    assert len(json.dumps(error.as_json())) < 500


def test_a_long_text_under_a_short_key(bad):
    assert bad(id="A" * 101).rule == "a text of more than 100 characters"
    assert bad(disease={"event": {"note": "A" * 2001}}).rule == "a text of more than 2000 characters"


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        ((HEAD + "id: Zoë\n").encode("utf-16"), "text in UTF-16, and UTF-8 is read"),
        ((HEAD + "id: x\n").encode("utf-16-be"), "a character that no text file holds"),
        ((HEAD + "id: Zoë\n").encode("latin-1"), "text that is not UTF-8"),
        (HEAD.encode() + b"id: a\x00b\n", "a character that no text file holds"),
        (HEAD.encode() + b"id: a\x1b[31mb\n", "a character that no text file holds"),
        (HEAD.encode() + "id: a\uffff\n".encode(), "not readable as YAML: a character that no text file holds"),
        (b"PK\x03\x04....", "an archive, which this version does not read"),
        (b"\x1f\x8b....", "a compressed file, which this version does not read"),
        (b"%PDF-1.7", "a PDF, which this version does not read"),
        (b"PAR1....", "a Parquet table, which this version does not read"),
    ],
)
def test_what_is_no_utf8_text(bad, data, rule):
    assert bad(data).rule == rule


def test_the_line_of_a_byte_that_is_not_utf8(bad):
    error = bad((HEAD + "id: Zoë\n").encode("latin-1"))
    assert (error.at, error.given) == ("line 3", "byte 0xeb")


def test_a_byte_order_mark_is_accepted(good):
    assert good(b"\xef\xbb\xbf" + (HEAD + "id: Zoë\n").encode()).id == "Zoë"
    (record,) = read_case("\ufeff" + HEAD, "x.yaml")
    assert isinstance(record, Record)


def test_line_ends_of_every_kind(good):
    assert good((HEAD + "fitness:\n  ecog: 1\n").replace("\n", "\r\n")).fitness.ecog == 1


@pytest.mark.parametrize(
    "escape", ["\\u0000", "\\u001b[2J", "\\u202e", "\\u2066", "\\ud800", "\\u0085", "\\u007f"]
)  # fmt: skip
@pytest.mark.parametrize("name", ["x.json", "x.yaml"])
def test_hidden_characters_are_refused(escape, name):
    (error,) = read_case('{"schema": "mspike-case/1", "id": "a' + escape + '"}', name)
    assert isinstance(error, RecordError)
    assert json.dumps(error.as_json()).isascii() or error.as_json()["error"].isprintable()
    error.as_json()["error"].encode("utf-8")


def test_other_scripts_are_text_like_any(good):
    note = "بیمار می‌خواهد در خانه بماند\nשלום · 东京 · é"
    assert good(disease={"event": {"note": note}}).disease.event.note == note


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"lines": [{"drugs": ["bοrtezomib"]}]}, "GREEK SMALL LETTER OMICRON"),
        ({"treatments": [{"drug": "lenalidоmide"}]}, "CYRILLIC SMALL LETTER O"),
        ({"patient": {"sex": "fеmale"}}, "CYRILLIC SMALL LETTER IE"),
    ],
)
def test_letters_that_only_look_right_are_named(bad, given, says):
    assert says in bad(given).hint


def test_digits_of_other_scripts_are_no_digits(bad):
    assert bad(fitness={"ecog": "١"}).at == "fitness.ecog"
    assert bad(disease={"diagnosed": "２０２０"}).at == "disease.diagnosed"


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing yet\n", "---\n", "---\n---\n", "%YAML 1.2\n---\n", "\ufeff"])
def test_an_empty_file(bad, text):
    error = bad(text)
    assert (error.rule, error.record) == ("an empty file", "case.yaml")


@pytest.mark.parametrize("text", ["12", "hello", "'x'", "null", "~", "2026-06-30", "true"])
def test_a_lone_scalar(bad, text):
    assert bad(text).rule == "no record: keys with values belong here"


@pytest.mark.parametrize("text", ["- a\n- b\n", "[]", "[{}]"])
def test_a_list_is_no_record(bad, text):
    error = bad(text)
    assert error.rule == "a list where a record belongs"
    assert "NDJSON" in error.hint


@pytest.mark.parametrize("text", ["? [a]\n: 1\n", "? {a: 1}\n: 1\n", "? \n: 1\n", "'': 1\n"])
def test_keys_are_words(bad, text):
    assert bad(HEAD + text).rule == "a key that is no word"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_json_numbers_that_are_none(number):
    (error,) = read_case('{"schema": "mspike-case/1", "patient": {"age": ' + number + "}}", "x.json")
    assert isinstance(error, RecordError)
    assert (error.rule, error.given) == ("a number that is none", number)


@pytest.mark.parametrize(
    "number", [".nan", ".inf", "-.inf", "nan", "inf", "1e999", "9" * 5000, "1" * 16, "0x1F", "1_000", "0b1", "1:30"]
)
def test_yaml_numbers_that_are_none(bad, number):
    entry = f"measurements:\n  - {{date: 2026-01, test: ldh, unit: U/L, value: {number}}}\n"
    error = bad(HEAD + entry)
    assert (error.at, error.rule) == ("measurements[0].value", "not a number")
    assert bad(HEAD + f"patient: {{age: {number}}}\n").at == "patient.age"
    assert bad(HEAD + f"fitness: {{ecog: {number}}}\n").at == "fitness.ecog"


def test_huge_json_integers_are_not_converted(bad):
    (error,) = read_case('{"schema": "mspike-case/1", "patient": {"age": ' + "9" * 9000 + "}}", "x.json")
    assert isinstance(error, RecordError)
    assert error.at == "patient.age"


@pytest.mark.parametrize(
    "date",
    ["2026-02-30", "2021-02-29", "2026-13", "2026-00", "2026-05-00", "2026-1-5", "26-01-05", "01/05/2026", "20260105",
     "0000", "2026-01-05T10:00:00", "January 2026", "1899", "2101", "-2026", "2026-", "2026-06-30 "[:-1] + "x", "yes"],
)  # fmt: skip
def test_dates_that_are_none(bad, date):
    error = bad(HEAD + f'disease:\n  diagnosed: "{date}"\n')
    assert error.at == "disease.diagnosed"
    assert "2026-06-01" in error.hint


def test_fhir_in_yaml_is_named_and_not_read():
    (error,) = read_case("resourceType: Bundle\ntype: collection\n", "x.yaml")
    assert isinstance(error, RecordError)
    assert (error.rule, error.given) == ("a FHIR resource that is not written as JSON", "Bundle")


def test_the_parser_in_plain_python_reads_the_same(monkeypatch, good, bad):
    import yaml

    text = HEAD + "id: x\npatient: {age: 66}\nlines:\n  - {number: 1, drugs: [Velcade], start: 2020-01}\n"
    quick = good(text)
    monkeypatch.delattr(yaml, "CSafeLoader")
    assert good(text) == quick
    assert bad(HEAD + BOMB).rule == "a YAML anchor or alias is not read"
    assert bad(HEAD + "x: " + "[" * 5000).rule == "nested more than 12 deep"
    assert bad(HEAD + "a: b: c\n").at == "line 3, column 5"
    assert bad((HEAD + "id: a\uffff\n").encode()).rule.startswith("not readable as YAML")


KNOWN_KEYS = sorted({key for keys in KEYS.values() for key in keys})
VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=20),
        st.sampled_from(["2026-01", "2026-06-30", "bortezomib", "yes", "unknown", "<15", "g/L", "ldh", "infection"]),
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KNOWN_KEYS), inner, max_size=5),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS[""][1:]), VALUES, max_size=6))
def test_whatever_stands_under_the_keys_gives_a_record_or_an_error(tree):
    (found,) = read_case(json.dumps({"schema": "mspike-case/1", **tree}), "x.json")
    assert isinstance(found, Record | RecordError)
    if isinstance(found, RecordError):
        assert found.rule
        assert json.dumps(found.as_json())


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "surrogatepass")))
def test_whatever_the_bytes_there_is_an_answer(data):
    for found in read_case(data, "x"):
        assert isinstance(found, Record | RecordError)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="schema: mspike-case/1\n-[]{}&*!|>'\"#%@`?,~", max_size=120))
def test_whatever_the_yaml_there_is_an_answer(text):
    for found in read_case(text, "x.yaml"):
        assert isinstance(found, Record | RecordError)
