"""On which regimens the disease grew: a line that ended in progression, with just the drugs of an option."""

from __future__ import annotations

from collections.abc import Mapping

from mspike.derive.exposure import Exposure
from mspike.derive.intervals import at_least, tri_or
from mspike.derive.lines import line_words, perhaps_conditioning
from mspike.derive.settings import Settings
from mspike.derive.state import Fact, Line
from mspike.derive.vocabulary import Vocabulary
from mspike.record import Record, StatedLine, Tri, days_between


def regimen_growth_facts(
    record: Record,
    lines: tuple[Line, ...] | None,
    exposure: Exposure,
    facts: Mapping[str, Fact],
    vocabulary: Vocabulary,
    settings: Settings,
) -> dict[str, Fact]:
    """`progressed_on_regimen_` for the options whose drugs, steroid aside, were once given together."""
    if lines is None:
        given = frozenset(exposure.drugs or ())
        open_ = Fact(because="which drugs were given together is not known")
        return {o.progressed: open_ for o in vocabulary.options if o.core <= given}
    stated = {entry.at: entry for entry in record.lines or ()}
    found: dict[frozenset[str], list[tuple[Line, Tri]]] = {}
    for line in lines:
        core = vocabulary.core(line.drugs)
        perhaps = frozenset(perhaps_conditioning(line, record, settings))
        for drugs in (core, core - perhaps) if perhaps else (core,):  # two readings of the drug set
            grew = _grew(line, drugs, stated.get(line.at), facts, vocabulary)
            found.setdefault(drugs, []).append((line, None if grew and perhaps else grew))
    return {o.progressed: _fact(found[o.core]) for o in vocabulary.options if o.core in found}


def _grew(
    line: Line, core: frozenset[str], stated: StatedLine | None, facts: Mapping[str, Fact], vocabulary: Vocabulary
) -> Tri:
    """Whether the disease grew while all drugs of the line were on board."""
    if line.stop_reason != "progression" and not _grew_on_it(line):
        return None if line.stop_reason in (None, "not-stated") else False
    once = [drug for drug in core if vocabulary.one_time(drug)]
    if once:  # a product given once: what counts is the window after its infusion
        return tri_or(_refractory(drug, facts, vocabulary) for drug in once)
    if stated is not None and stated.refractory is not None:
        counted = [drug for drug in core if vocabulary.counts(drug)]
        if any(drug not in stated.refractory for drug in counted):
            return False  # the stated list is complete: what it leaves out was not on board, or did not fail
    if stated is not None and stated.progressed_on_maintenance:
        if not line.maintenance:
            return False if len(core) > 1 else None
        return vocabulary.core(line.maintenance) == core
    return True


def _grew_on_it(line: Line) -> bool:
    """Whether the disease came back in a line that is still given."""
    if not (line.ongoing and line.start and line.relapse):
        return False
    return at_least(days_between(line.start, line.relapse), 1) is True


def _refractory(drug: str, facts: Mapping[str, Fact], vocabulary: Vocabulary) -> Tri:
    names = vocabulary.drugs.get(drug)
    value = facts[names.refractory].value if names else None
    return value if isinstance(value, bool) else None


def _fact(lines: list[tuple[Line, Tri]]) -> Fact:
    value = tri_or(grew for _, grew in lines)
    telling = [line for line, grew in lines if grew is value]
    says = {
        True: "progression on",
        False: "no progression on all its drugs in",
        None: "not known for",
    }
    because = f"{says[value]} {', '.join(line_words(line) for line in telling)}"
    date = telling[0].stop or telling[0].relapse if value else None
    return Fact(value, date, "unknown" if value is None else "derived", tuple(line.at for line in telling), because)
