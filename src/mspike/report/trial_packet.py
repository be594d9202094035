"""The hand-over to trial sites as a page, for the screen and for paper."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from mspike.report import words
from mspike.report.html import HERE, POLICY, UNSEEN, css_text, unbroken_dates
from mspike.report.trial_search import BASES, REGISTRIES, gone_words, source_words, status_words

if TYPE_CHECKING:
    from jinja2 import Template

    from mspike.trials import Contact, CriterionMatch, NearSite, Packet, Shortlisted

REGISTRY = "https://clinicaltrials.gov"
LONGEST = 700
"""Characters of one quote on the page; JSON has all of it."""
SHEETS = ("mspike.css", "packet.css")


def render_packet_html(packet: Packet) -> str:
    """One self-contained page; every word of the registry and the record is escaped."""
    template, style = _page()
    style += _page_rule(packet)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    text: str = template.render(
        packet=packet, person=_person(packet), registry=REGISTRY, style=_markup(style), policy=POLICY.format(digest)
    )
    return UNSEEN.sub("\ufffd", text.lstrip())


@cache
def _page() -> tuple[Template, str]:
    """The template, compiled once, and the style sheet."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    page = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    page.globals["words"] = words
    said: dict[str, Callable[..., Any]] = {
        "dates": unbroken_dates, "excerpt": excerpt, "yes_no": yes_no, "gone": gone_words, "about": about_words,
        "miles": miles_words, "age": age_words, "sources": dated_words, "site": site_words, "contacts": contact_lines,
        "by_words": by_words,
    }  # fmt: skip
    page.filters.update(said)
    styles = "".join((HERE / "static" / name).read_text(encoding="utf-8") for name in SHEETS)
    return page.get_template("trial_packet.html"), styles


def _page_rule(packet: Packet) -> str:
    """The margins of the paper and what stands in them; the printer's paper decides its size."""
    right = css_text(f"as of {packet.as_of} · ") + ' counter(page) "/" counter(pages)'
    small = "font: 7.5pt sans-serif; color: #333"
    return (
        f"\n@page {{ margin: 13mm 14mm 15mm; @bottom-left {{ content: {css_text(words.FOOTER)}; {small} }}"
        f" @bottom-right {{ content: {right}; {small} }} }}\n"
    )


def _person(packet: Packet) -> list[tuple[str, str]]:
    """What was asked to be told of the person."""
    given = packet.person
    told = (("Record", given.id), ("Age", given.age), ("Sex", given.sex), ("Place", given.place))
    return [(name, value) for name, value in told if value]


class Said(NamedTuple):
    """A passage of the registry's text and what comes of it."""

    quote: str
    note: str
    """Which criteria, what settles them, and for whom they are."""
    questions: tuple[str, ...]


def by_words(found: Iterable[CriterionMatch], ask: bool) -> Iterator[Said]:
    """Criteria that stand in the same words, together. What is the same for all of them is said by the heading."""
    from mspike.trials import NOT_SAID, TO_READ

    for quote, same in groupby(found, key=lambda one: (one.quote, one.cohorts)):
        rules = list(same)
        notes = [", ".join(one.id for one in rules)]
        notes += dict.fromkeys(one.because for one in rules if one.because not in (NOT_SAID, TO_READ))
        notes += ["another day may change it"] if any(one.changes and one.answer == "not-met" for one in rules) else []
        notes += [] if quote[1] == ("all",) else [f"only {', '.join(quote[1])}"]
        questions = dict.fromkeys(one.question for one in rules if ask and one.question)
        yield Said(excerpt(quote[0]), " · ".join(notes), tuple(questions))


def excerpt(text: str, longest: int = LONGEST) -> str:
    """One line of a text; of a very long one the beginning, and how much is left out."""
    plain = " ".join(text.split())
    if len(plain) <= longest:
        return plain
    left = len(plain) - longest
    return f"{plain[:longest].rstrip()} …" + (
        f" ({left:,} more characters in the record)" if longest == LONGEST else ""
    )


def yes_no(value: bool | None) -> str:
    return "not recorded" if value is None else "yes" if value else "no"


def about_words(trial: Shortlisted) -> str:
    """`recruiting · phase 1/2 · A sponsor · drug, drug`."""
    phases = "/".join(phase.removeprefix("PHASE").replace("_", " ").lower() for phase in trial.phases if phase != "NA")
    parts = (
        status_words(trial.status),
        f"phase {phases}" if phases else "",
        trial.sponsor,
        ", ".join(trial.treatments),
    )
    return " · ".join(part for part in parts if part)


def miles_words(trial: Shortlisted) -> str:
    """How far the nearest site is, and on what that rests."""
    if trial.nearest is None:
        return "not known" if trial.place_unknown else "no place was asked, or no recruiting site is in the record"
    site = trial.nearest
    unit = "mile" if site.about_miles == 1 else "miles"
    miles = f"about {site.about_miles:,} {unit}" if site.about_miles else "less than a mile"
    return f"{site.city or 'a site'}, {miles}" + ("" if site.recruiting else ", not yet recruiting")


def site_words(site: NearSite) -> str:
    """Its name, and how far it is, to what point."""
    name = ", ".join(filter(None, (site.facility, site.city, site.state, site.zip, site.country)))
    unit = "mile" if site.about_miles == 1 else "miles"
    miles = f"about {site.about_miles:,} {unit}" if site.about_miles else "less than a mile"
    return f"{name}; {miles} {BASES.get(site.basis, '')}, in a straight line"


def contact_lines(trial: Shortlisted) -> Iterator[str]:
    """Whom the record names, the nearest site's own first."""
    for people, of in ((trial.nearest.contacts if trial.nearest else (), "site"), (trial.contacts, "trial")):
        for contact in people:
            yield f"{_contact(contact)} (of the {of})"


def _contact(contact: Contact) -> str:
    role = contact.role.replace("_", " ").lower()
    return ", ".join(filter(None, (contact.name, role, contact.phone, contact.email)))


def age_words(trial: Shortlisted, packet: Packet) -> str:
    """`downloaded 2026-11-01, 20 days before this page`."""
    if trial.taken_on is None:
        return "the download carries no date"
    days = (packet.made_on - trial.taken_on).days
    return f"downloaded {trial.taken_on}, {days:,} {'day' if days == 1 else 'days'} before this page"


def dated_words(trial: Shortlisted, packet: Packet) -> str:
    """Whose record it is, when it last changed, when it was downloaded."""
    changed = f"last changed {trial.updated}" if trial.updated else "gives no date of its last change"
    registry = trial.source.partition("-")[0]
    whose = source_words(trial) or f"record of {REGISTRIES.get(registry, registry)}"
    return f"{words.capital(whose)}, {changed}; {age_words(trial, packet)}."


def _markup(text: str) -> Any:
    from markupsafe import Markup

    return Markup(text)
