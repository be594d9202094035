"""Lines of therapy from the `episode` table, where somebody stated them there."""

from __future__ import annotations

from collections.abc import Iterator

from mspike.record.databases import Row
from mspike.record.gathering import Gathering
from mspike.record.omop.details import Details
from mspike.record.omop.rows import Entry, day, kept, named
from mspike.record.omop.terms import OmopTerms, fixed


def lines_of(
    tables: dict[str, list[Row]], details: Details, terms: OmopTerms, given: Gathering
) -> Iterator[tuple[Entry, str]]:
    """Each treatment episode as a line, with its drugs by `episode_event`.

    Episodes that a program worked out are left out: lines are worked out here, from the treatments. So are those
    whose drugs the tables do not tell.
    """
    kinds = fixed()["episode"]
    events: dict[str, list[str]] = {}
    for event in tables["episode_event"]:
        if event.get("episode_event_field_concept_id", "0") in ("0", str(fixed()["field"]["drug_exposure"])):
            events.setdefault(event.get("episode_id", ""), []).append(event.get("event_id", ""))
    exposures = {row.get("drug_exposure_id", ""): row for row in tables["drug_exposure"]} if events else {}
    for row in tables["episode"]:
        number = row.get("episode_id", "?")
        at = f"episode/{number}"
        given.saw("episode")
        if int(row.get("episode_concept_id", "0")) not in kinds["regimen"]:
            given.leave_out("an episode that is no treatment regimen", at)
        elif int(row.get("episode_type_concept_id", "0")) in kinds["worked_out"]:
            given.leave_out("an episode that a program worked out", at)
        else:
            drugs = _drugs(events.get(number, []), exposures, terms)
            if not drugs and not details.corrects("episode", number):
                given.leave_out("an episode whose drugs are not told by episode_event", at)
                continue
            start, stop = day(row.get("episode_start_date")), day(row.get("episode_end_date"))
            yield kept(number=row.get("episode_number"), drugs=drugs, start=start, stop=stop), at


def _drugs(numbers: list[str], exposures: dict[str, Row], terms: OmopTerms) -> list[str]:
    found = []
    for number in numbers:
        if (row := exposures.get(number)) and (meaning := terms.meaning(named(row, "drug"), "drug_exposure")):
            found.append(meaning.word)
    return list(dict.fromkeys(found))
