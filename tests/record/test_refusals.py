"""What cannot be: each refused with path, rule, the value given and what to do."""

from __future__ import annotations

import pytest

HEAD = "schema: mspike-case/1\nas_of: 2026-06-30\n"


def measured(**entry):
    return {"measurements": [{"date": "2026-01-05", **entry}]}


REFUSED = [
    # keys
    ({"patiant": {}}, "", "no such key", "did you mean patient?"),
    ({"patient": {"Age": 3}}, "patient", "no such key", "did you mean age?"),
    ({"lines": [{"number": 1, "best": "CR"}]}, "lines[0]", "no such key", "allowed: number, drugs"),
    ({"disease": {"event": {"kind": "stable"}}}, "disease.event", "no such key", "allowed: type"),
    ({"disease": {"cytogenetics": {"del(17q)": "present"}}}, "disease.cytogenetics", "no such finding", "del(17p)?"),
    ({"disease": {"cytogenetics": {"gain(1q)": 1, "gain(1q21)": 1}}}, "disease.cytogenetics",
     "the same finding twice", "read as gain(1q)"),
    # shapes
    ({"patient": "66 years"}, "patient", "keys with values belong here", "keys: age"),
    ({"patient": [1]}, "patient", "keys with values belong here", "keys: age"),
    ({"lines": {"number": 1}}, "lines", "a list belongs here", "- "),
    ({"lines": ["VRd"]}, "lines[0]", "keys with values belong here", "number"),
    ({"medications": [["apixaban"]]}, "medications[0]", "one word belongs here", "one word"),
    ({"medications": "none"}, "medications[0]", "no list", "[]"),
    ({"disease": {"iss": ["I"]}}, "disease.iss", "one value belongs here", "one value"),
    ({"disease": {"iss": ""}}, "disease.iss", "an empty text", "leave the key out"),
    # words
    ({"country": "USA"}, "country", "no such country", "did you mean US?"),
    ({"country": "JP"}, "country", "no such country", "allowed: US, EU, UK"),
    ({"place": {"country": "Germany"}}, "place.country", "no such country", "docs/reference/case-file.md"),
    ({"patient": {"sex": "femal"}}, "patient.sex", "no such sex", "did you mean female?"),
    ({"conditions": [{"name": "periferal-neuropathy"}]}, "conditions[0].name", "no such condition", "peripheral"),
    ({"conditions": [{"name": "allergy", "to": "lenalidomid"}]}, "conditions[0].to",
     "a medicine's name that is nearly another's", "did you mean lenalidomide?"),
    ({"lines": [{"drugs": ["bortezomb"]}]}, "lines[0].drugs[0]", "no such drug", "did you mean bortezomib?"),
    ({"lines": [{"refractory": ["lenalidamide"]}]}, "lines[0].refractory[0]", "no such drug", "lenalidomide?"),
    ({"treatments": [{"drug": "aspirin"}]}, "treatments[0].drug", "no such drug", "belong under `medications`"),
    ({"lines": [{"stop_reason": "progressed"}]}, "lines[0].stop_reason", "no such stop reason", "progression?"),
    ({"lines": [{"best_response": "nCR"}]}, "lines[0].best_response", "no such response", "allowed: sCR, CR"),
    ({"medications": ["rifampcin"]}, "medications[0]", "a medicine's name that is nearly another's", "rifampicin?"),
    ({"conditions": [{"name": "heart-failure", "attributed_to": "carfilzomb"}]}, "conditions[0].attributed_to",
     "no such cause", "did you mean carfilzomib?"),
    ({"preferences": {"wants": ["orally"]}}, "preferences.wants[0]", "no such preference", "did you mean oral?"),
    (measured(test="serum-mprotein", value=1, unit="g/L"), "measurements[0].test", "no such test", "serum-m-protein?"),
    (measured(test="hemoglobn", value=1, unit="g/L"), "measurements[0].test", "no such test", "haemoglobin?"),
    (measured(test="serum-immunofixation", value="weak"), "measurements[0].value",
     "no such result of serum-immunofixation", "allowed: negative, positive"),
    (measured(test="mrd", value="negative", method="PET"), "measurements[0].method", "no such method", "NGF"),
    # units
    (measured(test="serum-m-protein", value=12), "measurements[0].unit",
     "the unit of serum-m-protein is missing, and more than one is in use", "is 12 in g/L or g/dL or mg/dL?"),
    (measured(test="kappa-flc", value=10), "measurements[0].unit",
     "the unit of kappa-flc is missing, and more than one is in use", "mg/L or mg/dL"),
    (measured(test="serum-m-protein", value=12, unit="%"), "measurements[0].unit",
     "serum-m-protein has no such unit", "a share of the protein is no amount"),
    (measured(test="serum-m-protein", value=12, unit="mmol/L"), "measurements[0].unit",
     "serum-m-protein has no such unit", "allowed: g/L, g/dL"),
    (measured(test="creatinine-clearance", value=50, unit="mL/min/1.73m2"), "measurements[0].unit",
     "creatinine-clearance has no such unit", "name the test egfr"),
    (measured(test="hba1c", value=48, unit="mmol/mol"), "measurements[0].unit", "hba1c has no such unit", "0.09148"),
    (measured(test="pet-ct", value="negative", unit="mm"), "measurements[0].unit", "pet-ct given as a word has no unit",
     "take the unit out"),
    # impossible values
    ({"patient": {"age": 400}}, "patient.age", "an age is a whole number of years from 0 to 120", "completed years"),
    ({"patient": {"age": -1}}, "patient.age", "an age is a whole number of years from 0 to 120", "completed years"),
    ({"patient": {"age": 66.5}}, "patient.age", "an age is a whole number of years from 0 to 120", "completed years"),
    ({"patient": {"age": 50, "birth_date": "1960-01"}}, "patient.age", "age and birth_date contradict each other",
     "gives 66"),
    ({"patient": {"age": "<66", "birth_date": "1960-01-01"}}, "patient.age",
     "age and birth_date contradict each other", "gives 66"),
    ({"patient": {"birth_date": "2027"}}, "patient.birth_date", "dated after as_of", "2026-06-30"),
    ({"patient": {"birth_date": "1901"}}, "patient.birth_date", "an age is a whole number of years from 0 to 120",
     "would be 125"),
    ({"fitness": {"ecog": 5}}, "fitness.ecog", "ecog is a whole number from 0 to 4", "look"),
    ({"fitness": {"ecog": -1}}, "fitness.ecog", "ecog is a whole number from 0 to 4", "look"),
    ({"fitness": {"ecog": 1.5}}, "fitness.ecog", "ecog is a whole number from 0 to 4", "look"),
    ({"conditions": [{"name": "heart-failure", "nyha": 5}]}, "conditions[0].nyha",
     "nyha is a whole number from 1 to 4", "look"),
    ({"conditions": [{"name": "infection", "nyha": 2}]}, "conditions[0].nyha", "nyha belongs to heart-failure", "take"),
    ({"conditions": [{"name": "allergy"}]}, "conditions[0].to", "to is missing", "lenalidomide"),
    ({"conditions": [{"grade": 2}]}, "conditions[0].name", "name is missing", "name the condition"),
    ({"circumstances": {"distance_km": -3}}, "circumstances.distance_km", "distance_km is a number from 0 to 20100",
     "look"),
    ({"circumstances": {"distance_km": "<50"}}, "circumstances.distance_km", "distance_km is a number from 0 to 20100",
     "look"),
    ({"disease": {"cytogenetics": {"del(17p)": 101}}}, "disease.cytogenetics.del(17p)",
     "del(17p) is a number from 0 to 100", "look"),
    ({"disease": {"cytogenetics": {"del(17p)": {"cells_pct": 0.21}}}}, "disease.cytogenetics.del(17p).cells_pct",
     "less than one cell in a hundred", "21, not 0.21"),
    (measured(test="marrow-plasma-cells", value=101), "measurements[0].value", "marrow-plasma-cells cannot be this",
     "from 0 to 100 %"),
    (measured(test="serum-m-protein", value=-2, unit="g/L"), "measurements[0].value",
     "serum-m-protein cannot be this", "from 0 to 200 g/L"),
    (measured(test="serum-m-protein", value="<0", unit="g/L"), "measurements[0].value",
     "serum-m-protein cannot be this", "from 0"),
    (measured(test="haemoglobin", value=11.5, unit="g/L"), "measurements[0].value", "haemoglobin cannot be this",
     "it would fit as g/dL"),
    (measured(test="creatinine", value=1.1, unit="umol/L"), "measurements[0].value", "creatinine cannot be this",
     "it would fit as mg/dL"),
    (measured(test="lvef", value=0.55), "measurements[0].value", "lvef cannot be this", "from 5 to 90 %"),
    (measured(test="platelets", value="150,000", unit="/uL"), "measurements[0].value", "not a number", "point"),
    (measured(test="ldh", value="250 U/L", unit="U/L"), "measurements[0].value", "not a number", "`unit`"),
    (measured(test="ldh", value="１２", unit="U/L"), "measurements[0].value", "not a number", "digits 0 to 9"),
    (measured(test="ldh", value="1e400", unit="U/L"), "measurements[0].value", "not a number", "2 in the exponent"),
    (measured(test="ldh", value="<0.1234567890123456", unit="U/L"), "measurements[0].value", "not a number",
     "no more than 15 digits"),
    (measured(test="ldh", value="12 µg²", unit="U/L"), "measurements[0].value", "not a number", "`unit`"),
    (measured(test="ldh", value="high", unit="U/L"), "measurements[0].value", "not a number", '"<15"'),
    ({"patient": {"age": "ZEBRA"}}, "patient.age", "not a number", 'the completed years alone: 66, or with'),
    ({"patient": {"age": "66 years"}}, "patient.age", "not a number", 'the completed years alone: 66, or with'),
    ({"circumstances": {"distance_km": "40 km"}}, "circumstances.distance_km", "not a number", "the number alone"),
    (measured(test="ldh", value=1.2, unit="xULN", upper_limit=250), "measurements[0].upper_limit",
     "xULN already counts in upper limits", "take"),
    (measured(test="ldh", value=300, unit="U/L", upper_limit=0), "measurements[0].upper_limit",
     "upper_limit is a number above zero", "unit of the value"),
    (measured(test="mrd", value="negative", sensitivity=5), "measurements[0].sensitivity",
     "sensitivity is a number from 1e-09 to 0.1", "look"),
    (measured(test="ldh", value=300, unit="U/L", sensitivity=1e-5), "measurements[0].sensitivity",
     "sensitivity belongs to mrd", "take"),
    (measured(test="ldh", value=300, unit="U/L", lesions=2), "measurements[0].lesions",
     "lesions belongs to plasmacytoma-spd", "take"),
    (measured(value=3), "measurements[0].test", "test is missing", "name the test"),
    (measured(test="ldh", unit="U/L"), "measurements[0].value", "value is missing", "leave the whole entry out"),
    ({"measurements": [{"test": "ldh", "value": 1, "unit": "xULN"}]}, "measurements[0].date", "date is missing", ""),
    ({"assessments": [{"response": "CR"}]}, "assessments[0].date", "date is missing", "date"),
    ({"assessments": [{"date": "2020"}]}, "assessments[0].response", "response is missing", "category"),
    ({"treatments": [{"start": "2020"}]}, "treatments[0].drug", "drug is missing", "name the drug"),
    ({"procedures": [{"date": "2020"}]}, "procedures[0].procedure", "procedure is missing", "name"),
    ({"diagnoses": [{"date": "2020"}]}, "diagnoses[0].name", "name is missing", "name"),
    ({"place": {"zip": "9'9"}}, "place.zip", "a postal code is letters and digits", "look"),
    # order of dates
    ({"lines": [{"start": "2021-05", "stop": "2021-04"}]}, "lines[0].stop", "stop is before start", "2021-05"),
    ({"treatments": [{"drug": "len", "start": "2021-05-02", "end": "2021-05-01"}]}, "treatments[0].end",
     "end is before start", "2021-05-02"),
    ({"lines": [{"start": "2021", "transplant": "2020-12"}]}, "lines[0].transplant", "transplant is before start",
     "2021"),
    ({"patient": {"birth_date": "1980"}, "lines": [{"start": "1979"}]}, "lines[0].start",
     "dated before the patient was born", "birth_date"),
    # line numbers
    ({"lines": [{"number": 1}, {"number": 3}]}, "lines[1].number", "a line number is missing before this one", "2"),
    ({"lines": [{"number": 2}]}, "lines[0].number", "a line number is missing before this one", "1 comes here"),
    ({"lines": [{"number": 1}, {"number": 1}]}, "lines[1].number", "a line number twice", "2 comes here"),
    ({"lines": [{"number": 1}, {}]}, "lines[1].number", "number is missing", "every line, or none"),
    ({"lines": [{"number": 0}]}, "lines[0].number", "number is a whole number from 1 to 50", "look"),
    ({"lines": [{"number": 1, "start": "2022"}, {"number": 2, "start": "2021"}]}, "lines[1].start",
     "a line begins before the one below it", "line 1 began 2022"),
    # as_of and schema
    ({"as_of": "9999-01-01"}, "as_of", "a year lies between 1900 and 2100", "2026-06-01"),
    ({"as_of": "2026-06"}, "as_of", "as_of is a whole day", "2026-06-30"),
    ({"schema": "mspike-case/2"}, "schema", "another schema than this version reads", "mspike-case/1"),
    ({"schema": None}, "schema", "another schema than this version reads", "mspike-case/1"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "at", "rule", "hint"), REFUSED)
def test_refused(bad, given, at, rule, hint):
    error = bad(given)
    assert (error.at, error.rule) == (at, rule)
    assert hint in error.hint


@pytest.mark.parametrize(
    ("given", "at"),
    [
        ({"disease": {"event": {"date": "2026-07-01"}}}, "disease.event.date"),
        ({"disease": {"diagnosed": "2027"}}, "disease.diagnosed"),
        (
            measured() | {"measurements": [{"date": "2026-07", "test": "mrd", "value": "negative"}]},
            "measurements[0].date",
        ),
        ({"treatments": [{"drug": "len", "start": "2026-07-01"}]}, "treatments[0].start"),
        ({"treatments": [{"drug": "len", "end": "2026-07-01"}]}, "treatments[0].end"),
        ({"procedures": [{"procedure": "radiotherapy", "date": "2027"}]}, "procedures[0].date"),
        ({"assessments": [{"response": "CR", "date": "2026-07-01"}]}, "assessments[0].date"),
        ({"diagnoses": [{"name": "mgus", "date": "2026-07-01"}]}, "diagnoses[0].date"),
        ({"conditions": [{"name": "infection", "date": "2026-07-01"}]}, "conditions[0].date"),
        ({"lines": [{"start": "2026-07-01"}]}, "lines[0].start"),
        ({"lines": [{"stop": "2026-07-01"}]}, "lines[0].stop"),
        ({"lines": [{"transplant": "2026-07-01"}]}, "lines[0].transplant"),
    ],
)
def test_nothing_is_dated_after_as_of(bad, given, at):
    error = bad(given)
    assert (error.at, error.rule) == (at, "dated after as_of")


@pytest.mark.parametrize("date", ["2026", "2026-06", "2026-06-30"])
def test_a_partial_date_that_begins_by_as_of_is_not_after_it(good, date):
    assert good(disease={"event": {"date": date}}).disease.event.date.text == date


@pytest.mark.parametrize(("start", "stop"), [("2021-05", "2021"), ("2021-05-31", "2021-05"), ("2021-05", "2021-05-01")])
def test_a_stop_that_may_lie_after_its_start_is_kept(good, start, stop):
    assert good(lines=[{"start": start, "stop": stop}]).lines[0].stop.text == stop


def test_the_same_key_twice_in_yaml_and_in_json(bad):
    for text in (
        HEAD + "patient:\n  age: 66\n  age: 67\n",
        '{"schema": "mspike-case/1", "patient": {"age": 66, "age": 67}}',
    ):
        error = bad(text)
        assert (error.at, error.rule, error.given) == ("patient", "the same key twice", "age")
    assert bad(HEAD + "as_of: 2026-06-30\n").rule == "the same key twice"


def test_a_schema_is_asked_for(bad):
    error = bad("id: x\n")
    assert (error.at, error.rule, error.record) == ("schema", "schema is missing", "x")


def test_an_error_of_yaml_names_its_line(bad):
    error = bad(HEAD + "lines:\n  - number: 1\n    drugs: [bortezomib]\n    stop_reason: progresion\n")
    assert error.line == 6
    assert error.error == "no such stop reason: 'progresion' (line 6)"


@pytest.mark.parametrize(
    ("text", "at", "error"),
    [
        ("id: x\npatinet: {age: 66}\n", "line 4", "no such key: 'patinet'"),
        ("patient:\n  age: 66\n\n  sexx:\n    - f\n", "patient", "no such key: 'sexx' (line 6)"),
        ("patient: {age: 66,\n  Age: 6}\n", "patient", "no such key: 'Age' (line 4)"),
        ("id: x\nlines: []\nid: y\n", "line 5", "the same key twice: 'id'"),
        ("disease:\n  cytogenetics:\n    del(17p): 1\n    del(17q): 1\n", "disease.cytogenetics",
         "no such finding: 'del(17q)' (line 6)"),
    ],
)  # fmt: skip
def test_a_wrong_key_is_named_with_its_own_line(bad, text, at, error):
    found = bad(HEAD + text)
    assert (found.at, found.error) == (at, error)


def test_an_error_as_json_and_for_a_log(bad):
    error = bad(id="R1", lines=[{"drugs": ["bortezomb"]}])
    assert error.as_json() == {
        "schema": "mspike-error/1",
        "record": "R1",
        "error": "no such drug: 'bortezomb'",
        "at": "lines[0].drugs[0]",
        "hint": error.hint,
    }
    assert error.public() == "case.json (JSON case file): lines[0].drugs[0]: no such drug" == str(error)


@pytest.mark.parametrize(("given", "at", "rule", "hint"), REFUSED)
def test_a_log_never_shows_what_the_record_says(bad, given, at, rule, hint):
    error = bad(given, id="Jane Doe")
    assert error.public() == ": ".join(part for part in ("case.json (JSON case file)", at, rule) if part)


def test_a_long_value_is_shortened(bad):
    error = bad(country="x" * 300)
    assert len(error.error) < 120
    assert "…" in error.error
