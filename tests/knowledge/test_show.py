"""`mspike knowledge show`: a file in plain words, each statement with source, date and status."""

from __future__ import annotations

import pytest

from mspike.knowledge.model import Knowledge
from mspike.knowledge.show import describe, describe_list, files_called, find, ids, tables
from mspike.knowledge.statements import statements


def text(knowledge: Knowledge, name: str) -> str:
    return "\n".join(line for folder, entry in find(knowledge, name) for line in describe(knowledge, folder, entry))


def test_one_name_may_be_several_files(knowledge: Knowledge) -> None:
    assert [folder for folder, _ in find(knowledge, "daratumumab")] == ["options", "drugs"]
    assert [folder for folder, _ in find(knowledge, "drugs/daratumumab")] == ["drugs"]
    assert [entry.id for _, entry in find(knowledge, "dvD")] == ["DVd"]
    assert find(knowledge, "nothing") == find(knowledge, "drugs/DVd") == []


def test_an_option_with_its_dates_labels_and_figures(knowledge: Knowledge) -> None:
    shown = text(knowledge, "cilta-cel").splitlines()
    assert shown[0] == "options/cilta-cel"
    assert (
        "  US from 2024-04-05: approved: at least 1 prior line; earlier PI and IMiD; refractory to lenalidomide "
        "(after 1 or more lines)  [Carvykti US, 2024-04-05, indication; source-checked]"
    ) in shown
    assert any(line.startswith("  evidence CARTITUDE-4, 1 to 3 lines") for line in shown)
    assert shown[-1].startswith("  drafted by compilation-2026-11; checked by ")


def test_a_drug_with_effect_condition_and_source(knowledge: Knowledge) -> None:
    shown = text(knowledge, "drugs/bortezomib")
    assert "    against  Neuropathy grade {neuropathy_grade}: the label stops bortezomib\n" in shown
    assert (
        "      when neuropathy_grade >= 4  [Bortezomib, neuropathy, 2007, table 1; source-checked] neuropathy-stop"
        in shown
    )
    assert "    known risk  " in shown
    assert "  in force from unknown (seen by 2023)" in shown


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("refractory-drug", "when refractory_{drug}"),
        ("calcium-limit", "(met when corrected_calcium_mmol_l > 2.745)"),
        ("doubling_days", "at most this many days apart: 61 days  ["),
        ("pd_confirm", "(one of new-line, sample)"),
        ("L10", "carried by options/VRd"),
        ("classes/PI", "proteasome inhibitor"),
        ("gavr22", "kept: read as background"),
        ("v-apex", "kind: trial · read: page 2026-11-21"),
    ],
)
def test_every_kind_of_file(knowledge: Knowledge, name: str, part: str) -> None:
    assert part in text(knowledge, name)


def test_every_file_can_be_shown(knowledge: Knowledge) -> None:
    for _, table in tables(knowledge):
        for entry in table.values():
            lines = [line for folder, found in find(knowledge, entry.id) for line in describe(knowledge, folder, found)]
            assert len(lines) > 1
            assert "None" not in "\n".join(lines)


@pytest.mark.parametrize("name", ["timeline", "glossary", "library/resources", "safety", "library/plain-language"])
def test_files_that_hold_a_list(knowledge: Knowledge, name: str) -> None:
    shown = describe_list(knowledge, name)
    assert len(shown) > 8
    assert shown[-1].startswith("  drafted by ")
    assert all("; draft]" in line or "; source-checked]" in line or "reviewed]" in line for line in shown[1:-1])


def test_every_statement_is_in_what_is_shown(knowledge: Knowledge) -> None:
    for file in sorted({s.file for s in statements(knowledge)}):
        shown = text(knowledge, file) or "\n".join(describe_list(knowledge, file))
        for s in statements(knowledge):
            if s.file == file and not s.place.startswith("evidence"):
                assert s.says in shown, s.where


def test_names_that_mean_a_file_to_review(knowledge: Knowledge) -> None:
    assert files_called(knowledge, "cilta-cel") == ["options/cilta-cel"]
    assert files_called(knowledge, "daratumumab") == ["options/daratumumab", "drugs/daratumumab"]
    assert files_called(knowledge, "glossary") == ["library/glossary"]
    assert files_called(knowledge, "bellini") == []
    assert {"Vd", "bortezomib", "timeline", "L01", "lit"} <= set(ids(knowledge))
