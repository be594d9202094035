"""Real registry records: nothing crashes, no bullet is lost, and the hand-annotated facts are found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mspike.trials import Trial, flat, parse_criteria, read_trials
from trials.test_bullets import quotes_hold, uncovered

MYELOMA = ("texts_myeloma.ndjson", "ctgov_v2", "ctgov_xml", "nci_cts_v2")
OTHER = ("texts_other.ndjson", "other_ctgov_v2", "other_nci_cts_v2")


@pytest.mark.slow
@pytest.mark.parametrize(("names", "records"), [(MYELOMA, 634), (OTHER, 196)])
def test_no_bullet_is_lost(shared: Path, names: tuple[str, ...], records: int) -> None:
    read = [item for item in read_trials([shared / "trials" / name for name in names]) if isinstance(item, Trial)]
    assert len(read) >= records - 5
    for trial in read:
        parsed = parse_criteria(trial)
        assert quotes_hold(trial, parsed), trial.id
        assert uncovered(trial, parsed) == "", trial.id


FIELDS = [
    "age_min",
    "age_max",
    "ecog_max",
    "lines_min",
    "lines_max",
    "auto_sct_within_weeks",
    "cns_active_excluded",
    "lvef_min_pct",
    "live_vaccine_weeks",
    "life_expectancy_weeks_min",
]
PROTEINS = ("serum_m_protein_g_dl_min", "urine_m_protein_mg_24h_min", "involved_sflc_mg_dl_min")


def test_annotated_facts(shared: Path) -> None:
    """Everything that the texts state is found and right, and nothing else is stated.

    Nine of the annotated minimum ages stand only in a field that these records lack.
    """
    annotated = {
        path.stem: json.loads(path.read_text())["criteria"] for path in (shared / "trials/annotated").glob("*.json")
    }
    wrong, missing = [], []
    for trial in read_trials([shared / "trials" / "texts_myeloma.ndjson"]):
        if not isinstance(trial, Trial) or trial.id not in annotated:
            continue
        wanted, got = annotated[trial.id], flat(parse_criteria(trial))["criteria"]
        pairs = [(name, wanted.get(name), got[name]) for name in FIELDS]
        pairs += [(name, wanted["measurable"].get(name), got["measurable"][name]) for name in PROTEINS]
        for name, want, found in pairs:
            if want is not None and found is None:
                missing.append(name)
            elif want != found:
                wrong.append((trial.id, name, want, found))
    assert wrong == []
    assert missing == ["age_min"] * 9
