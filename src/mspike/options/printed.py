"""What an answer prints of an option whoever the patient is: availability, known risks, figures, sources.

Made once for a day and country, and shared by every answer.
"""

from __future__ import annotations

from functools import lru_cache

import msgspec

from mspike.knowledge import YES, AppliedRisk, Catalogue, InForce, model
from mspike.options.answer import Availability, Evidence, Reason, SourceRef
from mspike.options.verdict import STATUS_EFFECT, Outcome, weight


class Printed(msgspec.Struct, frozen=True):
    availability: Availability
    status: tuple[Outcome, ...]
    """What the availability itself comes to: withdrawn, off label, trial only, unknown."""
    known_risks: list[Reason]
    evidence: list[Evidence]


@lru_cache(maxsize=8)
def print_options(catalogue: Catalogue) -> dict[str, Printed]:
    """By option id."""
    return {item.option.option: _print(item, catalogue) for item in catalogue.options}


@lru_cache(maxsize=8192)
def source_ref(catalogue: Catalogue, cite: model.Cite) -> SourceRef:
    """A citation as the answer prints it: the place in the source, else where the source is found."""
    entry = catalogue.knowledge.sources[cite.id]
    return SourceRef(cite.id, entry.title, cite.at or entry.locator, entry.date)


def _print(item: InForce, catalogue: Catalogue) -> Printed:
    given = _availability(item, catalogue)
    return Printed(
        given,
        _status(item, given, catalogue),
        [_risk(risk, catalogue) for risk in item.known_risks],
        [
            Evidence(
                row.trial,
                row.population + (f", n = {row.n}" if row.n else ""),
                row.result,
                source_ref(catalogue, row.source),
                row.status,
            )
            for row in item.evidence
        ],
    )


def _risk(risk: AppliedRisk, catalogue: Catalogue) -> Reason:
    source = source_ref(catalogue, risk.source)
    return Reason(risk.origin, "known-risk", risk.kind, risk.says, {}, source, risk.status)


def _availability(item: InForce, catalogue: Catalogue) -> Availability:
    row, country = item.availability, catalogue.country
    if row is None:
        source = SourceRef(
            "mspike", "The knowledge files of mspike", f"options/{item.option.option}.yaml", catalogue.knowledge.version
        )
        return Availability(country, "unknown", None, source, f"nothing recorded for {country} on this day")
    since = catalogue.status_since(item.option, country)
    told = since or not row.by or row.status == "investigational"  # of trials nobody asks for the first day
    text = row.says or ("" if told else f"in force by {row.by}; the first day was not seen")
    if row.label and since != row.from_ and row.from_ != "unknown":
        text = f"this label since {row.from_}" + (f"; {text}" if text else "")
    return Availability(country, row.status, since, source_ref(catalogue, row.source), text)


def _status(item: InForce, given: Availability, catalogue: Catalogue) -> tuple[Outcome, ...]:
    if given.status not in STATUS_EFFECT:
        return ()
    effect, words = STATUS_EFFECT[given.status]
    since = f" since {given.since}" if given.since else ""
    reason = Reason(
        id=f"{item.option.option}/{given.country}/availability",
        effect=effect,
        kind="label",
        text=f"{given.country}: {words.format(since=since)}" + (f"; {given.text}" if given.text else ""),
        facts={"as_of": catalogue.as_of.isoformat(), "country": given.country},
        source=given.source,
        status=item.availability.review if item.availability else "draft",
    )
    return (Outcome(weight(effect, YES), reason),)
