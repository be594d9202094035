"""What a block refuses, what it leaves open, and where compiled code may be kept."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("numpy")
import numpy as np

from cohort.tables import tables
from mspike.cohort import INPUT, OUTPUT, BlockError, CacheError, derive_block
from mspike.cohort.cache import private_folder
from mspike.cohort.compile import fingerprint
from mspike.derive import Rules, read_rules
from mspike.derive.kernel import markers
from mspike.knowledge import load_knowledge
from patients import people

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def rules() -> Rules:
    return read_rules(load_knowledge())


@pytest.fixture
def block(rules: Rules) -> dict[str, dict[str, Any]]:
    return tables(people(5, 1), rules)


def refused(block: dict[str, dict[str, Any]], rules: Rules) -> str:
    with pytest.raises(BlockError) as found:
        derive_block(block, rules, plain=True)
    return str(found.value)


def test_an_absent_table(block: dict[str, dict[str, Any]], rules: Rules) -> None:
    del block["labs"]
    assert refused(block, rules) == "table labs is absent; give it, empty if it has no rows"


def test_a_column_too_few(block: dict[str, dict[str, Any]], rules: Rules) -> None:
    del block["labs"]["day"]
    assert refused(block, rules).endswith("needed: patient, day, test, value")


def test_an_unknown_code(block: dict[str, dict[str, Any]], rules: Rules) -> None:
    block["drugs"]["drug"][2] = len(rules.drugs)
    assert "column drug: 1 rows hold a code that is not 0 to" in refused(block, rules)


def test_a_value_that_is_no_number(block: dict[str, dict[str, Any]], rules: Rules) -> None:
    block["labs"]["value"][3] = np.nan
    assert refused(block, rules).startswith("table labs, column value: no finite number in row 3")


def test_a_row_without_its_patient(block: dict[str, dict[str, Any]], rules: Rules) -> None:
    block["labs"]["patient"][-1] = 99
    assert "of a patient that table patients does not hold" in refused(block, rules)


def test_a_patient_twice(block: dict[str, dict[str, Any]], rules: Rules) -> None:
    block["patients"]["patient"][1] = 0
    assert refused(block, rules).startswith("table patients: not in rising order")


def test_texts_where_numbers_belong(block: dict[str, dict[str, Any]], rules: Rules) -> None:
    block["labs"]["value"] = block["labs"]["value"].astype(str)
    assert "needed: one of float64" in refused(block, rules)


def test_two_results_on_one_day_are_left_open(block: dict[str, dict[str, Any]], rules: Rules) -> None:
    labs = block["labs"]
    who = int(labs["patient"][0])
    block["labs"] = {name: np.append(values[:1], values) for name, values in labs.items()}
    block["labs"]["value"][0] += 1.0
    found = derive_block(block, rules, plain=True)["state"]
    assert found["status"][who] == 1
    assert found["line_begins"][who] == found["line_begins"][who + 1]


def test_an_empty_block(rules: Rules) -> None:
    found = derive_block(tables([], rules), rules, plain=True)
    assert found["state"]["line_begins"].tolist() == [0]


def test_columns_come_out_as_described(block: dict[str, dict[str, Any]], rules: Rules) -> None:
    found = derive_block(block, rules, plain=True)
    for table in OUTPUT:
        assert [*found[table.name]] == [column.name for column in table.columns]
        for column in table.columns:
            assert found[table.name][column.name].dtype == column.type
    assert all(column.meaning for table in (*INPUT, *OUTPUT) for column in table.columns)


def test_compiled_code_is_kept_in_a_folder_of_our_own(tmp_path: Path) -> None:
    assert private_folder("kernels", tmp_path / "mine") == tmp_path / "mine" / "kernels"
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    with pytest.raises(CacheError, match="can be written by other users"):
        private_folder("kernels", tmp_path / "open")
    (tmp_path / "link").symlink_to(tmp_path / "mine")
    with pytest.raises(CacheError, match="is a link"):
        private_folder("kernels", tmp_path / "link")


def test_the_key_of_compiled_code_changes_with_an_inner_function(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint(markers.follow)  # type: ignore[arg-type]
    monkeypatch.setattr(markers, "P_PD_SERUM", 99)  # of `limit`, which `follow` calls
    assert fingerprint(markers.follow) != before  # type: ignore[arg-type]


def test_one_patient_needs_no_arrays() -> None:
    """The path of one patient loads neither numpy nor numba, raw records and all."""
    code = """
import json, sys
from mspike.derive import derive_state
from mspike.knowledge import load_codes, load_knowledge
from mspike.record import read_case
from patients import case, person
units = {name: next(iter(test.units)) for name, test in load_codes().tests.items() if test.units}
(record,) = read_case(json.dumps(case(person(3, lines=3), units)), "made.json")
assert derive_state(record, load_knowledge()).responses
print(sorted({"numpy", "numba", "pandas", "pyarrow"} & set(sys.modules)))
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT / "tests", capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
