"""EpisodeOfCare → a line of therapy that the source states."""

from __future__ import annotations

from mspike.record.entries import ENTRY_KEYS
from mspike.record.fhir.chart import Chart, key_of, own_keys
from mspike.record.fhir.found import Found
from mspike.record.fhir.medications import both, concepts_of, drug_of
from mspike.record.terms import OURS

LINE_TYPE = "line"


def read_episodes(chart: Chart, found: list[Found]) -> None:
    for one in found:
        episode = one.resource
        of_line = any(chart.terms.find(c.system, c.code, "item") == LINE_TYPE for t in episode.type for c in t.coding)
        if not of_line:
            for concept in episode.type or (None,):
                chart.unmapped(concept, "EpisodeOfCare", ())
        elif not chart.left_out(episode.status, one.at):
            _line(chart, one)


def _line(chart: Chart, one: Found) -> None:
    """A stated line of therapy: number and what else is said of it as extensions, drugs also by what refers to it."""
    episode = one.resource
    start, stop = both(episode.period)
    entry: dict[str, str | list[str] | None] = {"start": start, "stop": stop}
    drugs: list[str] = []
    for extension in episode.extension:
        text = extension.text()
        if extension.url.endswith("therapy-line-number"):
            entry["number"] = text
        elif extension.url.endswith("therapy-line-progression-date") and text:
            entry["stop_reason"] = "progression"
        elif extension.url == f"{OURS}drug" and text:
            drugs.append(text)
    own = own_keys(episode.extension, ENTRY_KEYS["lines"])
    for key in ("refractory", "maintenance"):
        if key in own:
            entry[key] = [word for word in own.pop(key).split("; ") if word != "none"]
    entry |= own
    for other in chart.resources:
        extensions = getattr(other.resource, "extension", ())
        if any(e.url.endswith("therapy-line-reference") and e.valueReference is not None
               and key_of(e.valueReference) in (one.at, one.url) for e in extensions):  # fmt: skip
            names = concepts_of(chart, other) if hasattr(other.resource, "medicationReference") else []
            drug = drug_of(chart, other, names)
            if drug is not None and drug not in drugs:
                drugs.append(drug)
    chart.gathering.add("lines", entry | {"drugs": drugs}, one.at)
