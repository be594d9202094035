"""What passes the door, in codes: the same of a patient as the path of one patient, or the patient is left to it."""

from __future__ import annotations

import datetime as dt
import json
import random
import time
from collections import Counter
from typing import Any

import pytest

pytest.importorskip("numpy")
pytest.importorskip("pyarrow")
import numpy as np
import pyarrow as pa

from cohort.said import of_block, of_state
from cohort.tables import tables as by_hand
from doors import PATIENTS, ROOT, read_one
from mspike.cohort import INPUT, BlockError, derive_block, encode_block
from mspike.cohort.columns import ASIDE
from mspike.cohort.encode import LATER, NO_RESULT, NO_THERAPY, RELAPSE, SEVERAL, UNSEEN, last_days
from mspike.derive import Rules, derive_state, read_meaning, read_rules
from mspike.derive.kernel.codes import NODAY
from mspike.derive.line_columns import last_day
from mspike.derive.settings import read_settings
from mspike.derive.vocabulary import vocabulary
from mspike.knowledge import Knowledge, load_codes, load_knowledge
from mspike.record import Record, Treatment, day_of, read_case, read_records
from mspike.record.columns import (
    DRUGS,
    LABS,
    LINES_STATED,
    NO_AMOUNT,
    NO_DRUGS,
    NOT_ALL_READ,
    PART_OF_A_DATE,
    TABLES,
    arrow_schema,
    as_tables,
)
from patients import Person, case, people

SOME = 300
UNITS = {name: next(iter(test.units)) for name, test in load_codes().tests.items() if test.units}
FLEXIBLE = {"smouldering_therapy": "line", "pd_confirm": "sample", "lenalidomide_maintenance_dose_mg": 25}


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.fixture(scope="module")
def rules(knowledge: Knowledge) -> Rules:
    return read_rules(knowledge)


def treated(first: int, count: int = SOME) -> list[Person]:
    """People with drugs, and with values that a case file may hold."""
    return [one for one in people(count, first) if one.drugs and not isinstance(read(case(one, UNITS)), Exception)]


def read(told: dict[str, Any]) -> Record | Exception:
    (found,) = read_case(json.dumps(told), "made.json")
    return found


def records(made: list[Person], **changed: Any) -> list[Record]:
    found = [read(case(one, UNITS) | changed) for one in made]
    assert not [error for error in found if isinstance(error, Exception)]
    return [record for record in found if isinstance(record, Record)]


def decorated(made: list[Person]) -> list[Record]:
    """With what the made-up people lack: routes, doses, isotypes, events, precursors, causes, deaths."""
    found = []
    for one in made:
        chance, told = random.Random(one.seed), case(one, UNITS)
        for row in told["treatments"]:
            row |= chance.choice(({}, {}, {"route": "PO"}, {"route": "SC"}))
            row |= chance.choice(({}, {}, {"dose_mg": 10}, {"dose_mg": 15}, {"dose_mg": 25}))
            row |= {"days_supply": 45} if chance.random() < 0.1 else {}
        if told["treatments"] and chance.random() < 0.1:
            told["treatments"][-1] |= {"end": told["as_of"], "stop_reason": "death"}
            told["treatments"][-1].pop("days_supply", None)
        for row in told["measurements"]:
            row |= {"attributed_to": chance.choice(("myeloma", "infection"))} if chance.random() < 0.05 else {}
            if row["test"] == "plasmacytoma-spd":
                row |= chance.choice(({}, {"lesions": 1}, {"lesions": 3}))
            if row["test"] == "circulating-plasma-cells" and chance.random() < 0.5:
                row |= {"value": 7, "unit": "%"}
        day = told["as_of"]
        if told["measurements"]:
            told["measurements"] += [
                {"date": day, "test": "creatinine-clearance", "value": 38, "unit": "mL/min"},
                {"date": day, "test": "serum-immunofixation-other", "value": chance.choice(("negative", "IgG-kappa"))},
            ]
        told["disease"] |= chance.choice(({}, {"isotype": "IgG-lambda"}, {"isotype": "IgA"}, {"isotype": "IgG-kappa"}))
        told["disease"].pop("light_chain", None)
        told["disease"] |= {"event": chance.choice((
            {}, {}, {}, {"type": "stable"}, {"type": "toxicity"}, {"type": "biochemical-relapse", "date": day},
        ))}  # fmt: skip
        if chance.random() < 0.3 and told["treatments"]:
            first = min(row["start"] for row in told["treatments"])
            told["diagnoses"] = [
                {"name": "smouldering-myeloma", "date": "2007"},
                {"name": "multiple-myeloma"} | chance.choice(({}, {"date": first[:7]}, {"date": day})),
            ]
            told["disease"]["diagnosed"] = first[:4]
        elif chance.random() < 0.05:
            told["disease"]["diagnosis"] = "smouldering-myeloma"
        record = read(told)
        assert isinstance(record, Record), record
        found.append(record)
    return found


# -- one schema


def test_every_column_has_its_place() -> None:
    given = {f"{table.name}.{column.name}" for table in TABLES for column in table.columns}
    used = {name for table in INPUT for column in table.columns for name in column.of}
    assert used | ASIDE == given
    assert ASIDE.isdisjoint(used)


def test_every_list_of_words_is_one() -> None:
    codes = load_codes()
    lists = {column.words for table in TABLES for column in table.columns if column.words}
    assert lists <= {"test", "drug", *codes.words}


# -- the same as one patient


def test_the_rows_are_those_that_a_hand_would_write(knowledge: Knowledge, rules: Rules) -> None:
    made = treated(30_000)
    found = encode_block(as_tables(records(made)), knowledge)
    kept = [one for place, one in enumerate(made) if place not in found.left]
    assert len(kept) > len(made) * 0.9
    assert {*found.left.values()} <= {SEVERAL, UNSEEN}
    hand = by_hand(kept, rules)
    renumbered = {who: place for place, who in enumerate(found.tables["patients"]["patient"].tolist())}
    for name, expected in hand.items():
        ours = found.tables[name]
        ours["patient"] = np.array([renumbered[who] for who in ours["patient"].tolist()], np.int64)
        assert rows(ours) == rows(expected), name


def rows(table: dict[str, Any]) -> list[tuple[Any, ...]]:
    return sorted(zip(*(column.tolist() for column in table.values()), strict=True))


@pytest.mark.parametrize("policies", [{}, FLEXIBLE])
def test_lines_responses_and_failures_are_those_of_one_patient(knowledge: Knowledge, policies: dict[str, Any]) -> None:
    made = [*records(treated(40_000)), *decorated(treated(41_000))]
    rules = read_rules(knowledge, policies)
    found = encode_block(as_tables(made), knowledge, policies)
    block = derive_block(found.tables, rules, plain=True)
    assert not block["state"]["status"].any()
    said: Counter[str] = Counter()
    for place, number in enumerate(found.tables["patients"]["patient"].tolist()):
        ours, expected = of_block(block, place, rules), of_state(made[number], knowledge, policies)
        assert ours == expected, made[number].id
        said.update({name: len(part) for name, part in ours.items()})
    assert len(found.left) < SOME / 3, Counter(found.left.values())
    assert min(said.values()) > SOME / 3, said


def test_the_last_day_of_a_drug_is_that_of_one_patient(knowledge: Knowledge) -> None:
    chance, words = random.Random(5), vocabulary(knowledge)
    first = dt.date(2024, 1, 1)
    today = first + dt.timedelta(100)
    given, expected = [], []
    for _ in range(500):
        drug = chance.choice(("lenalidomide", "ciltacabtagene-autoleucel"))
        start = first + dt.timedelta(chance.randrange(100))
        end = chance.choice((None, start + dt.timedelta(chance.randrange(40))))
        supply = chance.choice((None, 0.0, 1.0, 27.9, 28.0, 500.0))
        entry = Treatment(drug, "", day_of(start), end and day_of(end), days_supply=supply)
        expected.append(max(last_day(entry, day_of(start), words, day_of(today)).last, start).toordinal())
        given.append((start.toordinal(), end.toordinal() if end else NODAY, supply, today.toordinal(),
                      words.one_time(drug)))  # fmt: skip
    start_, end_, supply_, today_, once_ = zip(*given, strict=True)
    found = last_days(np.array(start_), np.array(end_), np.array(supply_, float), np.array(today_), np.array(once_))
    assert found.tolist() == expected


@pytest.mark.parametrize("policies", [{}, FLEXIBLE])
def test_person_columns_are_those_of_one_patient(knowledge: Knowledge, policies: dict[str, Any]) -> None:
    from mspike.derive.samples import band_of, death_day

    made = decorated(treated(42_000))
    found = encode_block(as_tables(made), knowledge, policies).tables["patients"]
    for place, number in enumerate(found["patient"].tolist()):
        meaning = read_meaning(made[number], knowledge, policies)
        ours = [found[name][place] for name in ("chain", "igg_kappa", "count_from", "death")]
        assert ours == [*band_of(made[number]), meaning.count_from, death_day(made[number])]
    assert (found["death"] != NODAY).any()
    assert (found["count_from"] != 0).any() != bool(policies)


def test_a_dose_is_low_where_one_patient_says_so(knowledge: Knowledge) -> None:
    settings, _ = read_settings(knowledge, {})
    limit = settings.lenalidomide_maintenance_dose_mg
    doses = [None, 0.5, limit, float(np.nextafter(limit, 99)), 25.0]
    treatments = [{"drug": "lenalidomide", "start": "2024-01-01", "end": "2024-02-01", "stop_reason": "toxicity"}
                  | ({} if dose is None else {"dose_mg": dose}) for dose in doses]  # fmt: skip
    made = records([Person(1, as_of=dt.date(2025, 1, 1).toordinal())], treatments=treatments)
    ours = encode_block(as_tables(made), knowledge)
    notes = [note for _, note in read_meaning(made[0], knowledge).drugs]
    assert sorted(ours.tables["drugs"]["note"].tolist()) == sorted(notes)
    assert len(set(notes)) == 3


# -- through the doors


@pytest.mark.parametrize("door", ["patients", "fhir"])
def test_the_examples_state_their_lines(door: str, knowledge: Knowledge) -> None:
    ending = "*/record.yaml" if door == "patients" else "*.json"
    files = sorted((ROOT / "examples" / door).glob(ending))
    assert len(files) == 10
    found = encode_block(as_tables([read_one(file) for file in files]), knowledge)
    assert found.left == dict.fromkeys(range(10), LINES_STATED)
    assert not any(len(column) for table in found.tables.values() for column in table.values())


def whole(tables: dict[str, Any]) -> dict[str, Any]:
    """As if the rows said all: what of them the kernels would take, with a drug for everybody."""
    schema = arrow_schema(TABLES[0])
    nothing = {"gap": None, "event": None}
    people_ = [row | nothing for row in tables["patients"].to_pylist()]
    drugs = [
        {"patient": row["patient"], "start": dt.date(2019, 1, 1), "end": dt.date(2019, 2, 1), "drug": "bortezomib",
         "stop_reason": "progression"}
        for row in people_
    ]  # fmt: skip
    made = {table.name: arrow_schema(table).empty_table() for table in TABLES} | tables
    return made | {
        "patients": pa.Table.from_pylist(people_, schema),
        "drugs": pa.Table.from_pylist(drugs, arrow_schema(DRUGS)),
    }


@pytest.mark.parametrize("door", ["ndjson", "omop"])
def test_examples_read_at_once_have_the_rows_of_their_records(door: str, knowledge: Knowledge) -> None:
    pytest.importorskip("duckdb")
    today = dt.date(2026, 12, 31)
    source = ROOT / "examples" / door
    if door == "ndjson":
        from mspike.record.fhir.columns import read_columns as read_fhir

        at_once = dict(read_fhir(str(source), today=today).tables)
    else:
        from mspike.record.databases.files import DuckDB
        from mspike.record.omop.columns import read_columns as read_omop

        at_once = dict(read_omop(DuckDB(source), today=today).tables)
    numbers = at_once["patients"].column("patient").to_pylist()
    absent = next(table.name for table in TABLES if table.name not in at_once)
    assert encode_block(at_once, knowledge).left == dict.fromkeys(numbers, f"table {absent} is absent")
    complete = {table.name: at_once.get(table.name, arrow_schema(table).empty_table()) for table in TABLES}
    assert encode_block(complete, knowledge).left == dict.fromkeys(numbers, NOT_ALL_READ)

    records_ = [record for record in read_records([source], every=True) if isinstance(record, Record)]
    assert sorted(record.id for record in records_) == [file.parent.name for file in PATIENTS]
    one_by_one = as_tables(sorted(records_, key=lambda record: record.id))
    labs = one_by_one["labs"].filter(one_by_one["labs"].column("value").is_valid())
    ours = encode_block(whole(at_once), knowledge)
    theirs = encode_block(whole({"patients": one_by_one["patients"], "labs": labs}), knowledge)
    assert ours.left == theirs.left == {}
    same = {number: place for place, number in enumerate(numbers)}
    assert rounded(ours.tables["labs"], same) == rounded(theirs.tables["labs"], {k: k for k in range(10)})
    assert len(ours.tables["labs"]["day"]) > 20


def rounded(table: dict[str, Any], who: dict[int, int]) -> list[tuple[Any, ...]]:
    return [(who[number], *row, round(value, 6)) for number, *row, value in rows(table)]


# -- who is left to the one-patient path


BORTEZOMIB = {"drug": "bortezomib", "start": "2024-01-01", "end": "2024-03-01", "stop_reason": "completed"}
SERUM = {"date": "2024-01-01", "test": "serum-m-protein", "value": 20, "unit": "g/L"}


@pytest.mark.parametrize(("changed", "why"), [
    ({"measurements": [SERUM]}, None),
    ({"measurements": [SERUM | {"value": "<0.5"}]}, NO_AMOUNT),
    ({"measurements": [SERUM | {"date": "2024-01"}]}, PART_OF_A_DATE),
    ({"measurements": [SERUM, SERUM | {"value": 21}]}, SEVERAL),
    ({"measurements": [SERUM, SERUM]}, None),
    ({"treatments": [BORTEZOMIB | {"end": "2024-03"}]}, PART_OF_A_DATE),
    ({"treatments": [{"drug": "bortezomib"}]}, PART_OF_A_DATE),
    ({"treatments": None}, NO_DRUGS),
    ({"treatments": []}, NO_THERAPY),
    ({"treatments": [], "procedures": [{"procedure": "radiotherapy", "date": "2024-01-01"}]}, NO_THERAPY),
    ({"treatments": [], "procedures": [{"procedure": "autologous-transplant", "date": "2024-01-01"}]}, None),
    ({"procedures": [{"procedure": "autologous-transplant", "date": "2024"}]}, PART_OF_A_DATE),
    ({"assessments": [{"date": "2024-02", "response": "PR"}]}, PART_OF_A_DATE),
    ({"lines": [{"number": 1, "drugs": ["bortezomib"]}]}, LINES_STATED),
    ({"lines": []}, LINES_STATED),
    ({"disease": {"event": {"type": "biochemical-relapse", "date": "2024-05"}}}, RELAPSE),
    ({"disease": {"event": {"type": "toxicity", "date": "2024-05"}}}, None),
    ({"disease": {"event": {"type": "stable"}}, "treatments": [BORTEZOMIB | {"stop_reason": None}]}, UNSEEN),
    ({"measurements": [SERUM | {"test": "creatinine-clearance", "unit": "mL/min"}],
      "treatments": [BORTEZOMIB | {"stop_reason": None}]}, UNSEEN),
])  # fmt: skip
def test_a_record_that_has_no_place_in_rows(changed: dict[str, Any], why: str | None, knowledge: Knowledge) -> None:
    told = {"schema": "mspike-case/1", "as_of": "2024-06-01", "treatments": [BORTEZOMIB]} | changed
    record = read({key: value for key, value in told.items() if value is not None})
    assert isinstance(record, Record), record
    found = encode_block(as_tables([record]), knowledge)
    assert found.left == ({0: why} if why else {}), why
    if why is None:
        rules = read_rules(knowledge)
        block = derive_block(found.tables, rules, plain=True)
        assert len(block["lines"]["start"]) == len(derive_state(record, knowledge).lines or ())


@pytest.fixture
def given() -> dict[str, Any]:
    return as_tables(records([*people(6, 1, lines=2)]))


@pytest.mark.parametrize(("table", "column", "value", "why"), [
    ("drugs", "drug", "aspirin and more", "table drugs, column drug: a word that is not in the list"),
    ("drugs", "context", "prelude", "table drugs, column context: a word that is not in the list"),
    ("drugs", "start", None, "table drugs, column start: nothing where a value belongs"),
    ("drugs", "dose", float("inf"), "table drugs, column dose: a value that is no number"),
    ("labs", "test", "ward test 17", "table labs, column test: a word that is not in the list"),
    ("labs", "day", None, "table labs, column day: nothing where a value belongs"),
    ("labs", "day", dt.date(2099, 1, 1), LATER),
    ("labs", "value", float("nan"), "table labs, column value: a value that is no number"),
    ("labs", "value", None, NO_RESULT),
    ("patients", "as_of", None, "table patients, column as_of: nothing where a value belongs"),
    ("patients", "gap", "somebody's reason", "somebody's reason"),
])  # fmt: skip
def test_a_row_that_does_not_hold(
    given: dict[str, Any], table: str, column: str, value: Any, why: str, knowledge: Knowledge
) -> None:
    before = encode_block(given, knowledge)
    changed = given[table].to_pylist()
    row = next(k for k, row in enumerate(changed) if row["patient"] == 2 and row.get("result") is None)
    changed[row][column] = value
    schema = next(arrow_schema(t) for t in TABLES if t.name == table)
    loose = pa.schema([field.with_nullable(True) for field in schema])
    found = encode_block(given | {table: pa.Table.from_pylist(changed, loose)}, knowledge)
    assert found.left == before.left | {2: why}
    for name, columns in before.tables.items():
        others = columns["patient"] != 2
        for column_, values in columns.items():
            assert found.tables[name][column_].tolist() == values[others].tolist()


def test_an_absent_table_leaves_all(given: dict[str, Any], knowledge: Knowledge) -> None:
    del given["procedures"]
    assert encode_block(given, knowledge).left == dict.fromkeys(range(6), "table procedures is absent")


@pytest.mark.parametrize(("change", "told"), [
    (lambda t: t.pop("patients"), "table patients is absent"),
    (lambda t: t.update(labs=t["labs"].drop(["unit"])), "table labs: its columns or their types are others"),
    (lambda t: t.update(patients=t["patients"].slice(1)), "of a patient that table patients does not hold"),
    (lambda t: t.update(patients=pa.concat_tables([t["patients"]] * 2)), "not in rising order"),
])  # fmt: skip
def test_tables_that_are_refused(given: dict[str, Any], change: Any, told: str, knowledge: Knowledge) -> None:
    change(given)
    with pytest.raises(BlockError, match=told):
        encode_block(given, knowledge)


def test_nobody(knowledge: Knowledge, rules: Rules) -> None:
    found = encode_block(as_tables([]), knowledge)
    assert found.left == {}
    assert derive_block(found.tables, rules, plain=True)["state"]["line_begins"].tolist() == [0]


def test_tables_in_chunks_with_dictionaries_of_their_own(given: dict[str, Any], knowledge: Knowledge) -> None:
    one = encode_block(given, knowledge)
    halves = {}
    for name, table in given.items():
        parts = [pa.Table.from_pylist(part.to_pylist(), table.schema) for part in (table.slice(0, 3), table.slice(3))]
        halves[name] = pa.concat_tables(parts)
    other = encode_block(halves, knowledge)
    assert one.left == other.left
    assert [rows(table) for table in one.tables.values()] == [rows(table) for table in other.tables.values()]


def test_many_rows_take_no_loop(knowledge: Knowledge) -> None:
    """200,000 results: a second would be a loop over rows."""
    many = as_tables(records(treated(50_000, 100)))
    labs, count = many["labs"], 200_000
    at = np.arange(count) % labs.num_rows
    many["labs"] = labs.take(pa.array(at))
    many["labs"] = many["labs"].cast(arrow_schema(LABS))
    encode_block(many, knowledge)
    began = time.process_time()
    encode_block(many, knowledge)
    assert time.process_time() - began < 1.0
