"""The register of the seed claims: what carries each, and which spec rows run for it."""

from __future__ import annotations

from pathlib import Path

from mspike.knowledge.coverage import register, spec_rows
from mspike.knowledge.lints.claims import carriers
from mspike.knowledge.model import Knowledge

ROOT = Path(__file__).resolve().parents[2]


def test_all_claims_of_both_pages_are_registered(knowledge: Knowledge) -> None:
    """L01 to L39 of the charity's page, N01 to N26 of the institute's."""
    assert set(knowledge.claims) == {f"L{n:02}" for n in range(1, 40)} | {f"N{n:02}" for n in range(1, 27)}
    assert {claim.seed for name, claim in knowledge.claims.items() if name[0] == "L"} == {"seed-lls"}
    assert {claim.seed for name, claim in knowledge.claims.items() if name[0] == "N"} == {"seed-nci"}


def test_every_claim_is_carried(knowledge: Knowledge) -> None:
    assert set(carriers(knowledge)) == set(knowledge.claims)
    assert "options/VRd" in carriers(knowledge)["L10"]


def test_every_claim_has_a_row_of_the_spec(knowledge: Knowledge) -> None:
    assert set(knowledge.claims) - set(spec_rows(ROOT / "spec")) == set()


def test_rows_are_found_by_claim(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.md").write_text("L01 outside a table\n| L01 | L01, N26 |\n|---|---|\n| XL02 | L100 |\n")
    assert spec_rows(tmp_path) == {"L01": ["deep/a.md:2"], "N26": ["deep/a.md:2"]}


def test_the_register(knowledge: Knowledge, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("| L01 | x |\n")
    lines = list(register(knowledge, tmp_path))
    assert lines[0] == "| claim | seed | says | now | carried by | spec cases |"
    assert len(lines) == 2 + 65 + 2
    assert next(line for line in lines if line.startswith("| L01 ")).endswith("| library/glossary | a.md:1 |")
    assert next(line for line in lines if line.startswith("| L10 ")).endswith("| options/VRd | none |")
    assert lines[-1] == "65 of 65 claims carried; 1 with a spec case"
    assert all(line.count("|") == 7 for line in lines[:67])


def test_without_the_spec_it_says_so(knowledge: Knowledge) -> None:
    lines = list(register(knowledge, None))
    assert all(line.endswith("| not at hand |") for line in lines[2:67])
    assert lines[-1] == "65 of 65 claims carried"
