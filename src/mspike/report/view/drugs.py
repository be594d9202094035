"""The table every myeloma doctor draws by hand: drug by drug, exposed, refractory, intolerant."""

from __future__ import annotations

from typing import Any

from mspike.options.answer import Answer
from mspike.report import words
from mspike.report.view import names
from mspike.report.view.model import DrugRow, Mark
from mspike.report.view.patient import Facts

CLASSES = (
    "PI", "IMiD", "anti-CD38", "BCMA", "GPRC5D", "anti-SLAMF7", "XPO1", "alkylator", "CELMoD", "BCL2", "HDAC",
    "anthracycline", "steroid",
)  # fmt: skip
"""Rows by class in this order; the first five are shown even when never given."""
ALWAYS = 5
OTHER = "other"


def view_drugs(answer: Answer) -> tuple[DrugRow, ...]:
    """A row for each drug given or refractory, and one for each main class of which none is recorded."""
    state = answer.state
    rows: list[DrugRow] = []
    for name in (*CLASSES, OTHER):
        given = [drug for drug in drugs_given(state) if first_class(drug) == name]
        unclear = [drug for drug in listed(state, "exposed", "unknown_drugs") if first_class(drug) == name]
        rows += [drug_row(name, drug, state) for drug in given]
        if given and unclear:
            rows.append(DrugRow(names.class_label(name), "others of this class", tri_mark(None), None, None))
        elif not given and name in CLASSES[:ALWAYS]:
            rows.append(none_row(name, state))
    return tuple(rows)


def listed(state: dict[str, Any], part: str, key: str) -> list[Any]:
    return list((state.get(part) or {}).get(key) or ())


def drugs_given(state: dict[str, Any]) -> list[str]:
    """Every drug given, in the order of the lines where they are known."""
    refractory = [str(row.get("drug")) for row in listed(state, "refractory", "drugs")]
    return list(dict.fromkeys([*listed(state, "exposed", "drugs"), *refractory]))


def first_class(drug: str) -> str:
    """The class a drug is listed under: the first of its classes that has a row."""
    found = words.drug_classes(drug)
    return next((name for name in CLASSES if name in found), OTHER)


def drug_row(name: str, drug: str, state: dict[str, Any]) -> DrugRow:
    used_in = [line for line in state.get("lines") or () if drug in (line.get("drugs") or ())]
    return DrugRow(
        names.class_label(name),
        words.drug_label(drug),
        exposed=Mark("yes", "yes", names.in_lines(used_in, own_dates(drug, state))),
        refractory=refractory_mark(drug, state),
        intolerant=tri_mark(in_lists(drug, state, "intolerant")),
    )


def own_dates(drug: str, state: dict[str, Any]) -> dict[str, Any] | None:
    """From the drug's first record to its last, where drug records tell; a course without an end is still given."""
    given = [
        course for course in state.get("therapy") or () if course.get("drug") == drug and not course.get("of_line")
    ]
    if not given or not all(course.get("start") for course in given):
        return None
    ends = [course.get("end") for course in given]
    return {"start": min(course["start"] for course in given), "stop": max(map(str, ends)) if all(ends) else None,
            "ongoing": not all(ends)}  # fmt: skip


def refractory_mark(drug: str, state: dict[str, Any]) -> Mark:
    for row in listed(state, "refractory", "drugs"):
        if row.get("drug") == drug:
            return Mark("yes", "yes", ", ".join(str(part) for part in (row.get("date"), row.get("because")) if part))
    return tri_mark(None if "refractory" not in state else in_lists(drug, state, "refractory"))


def in_lists(drug: str, state: dict[str, Any], part: str) -> bool | None:
    """Whether a drug is in a part's list of drugs; None when it is among the unknown or there is no such part."""
    if part not in state or drug in listed(state, part, "unknown_drugs"):
        return None
    return drug in listed(state, part, "drugs")


def none_row(name: str, state: dict[str, Any]) -> DrugRow:
    """A class of which no drug is listed on its own: given with another class, never given, or unknown."""
    if name in listed(state, "exposed", "classes"):
        exposed = Mark("yes", "yes", "listed under another class")
    elif state.get("lines") is None or name in listed(state, "exposed", "unknown_classes"):
        exposed = tri_mark(None)
    else:
        exposed = Mark("no", "no", "never given")
    return DrugRow(names.class_label(name), "none" if exposed.state == "no" else words.UNKNOWN, exposed, None, None)


def tri_mark(value: Any, note: str = "") -> Mark:
    """A three-valued fact; unknown is never "no"."""
    if value is True:
        return Mark("yes", "yes", note)
    if value is False:
        return Mark("no", "no", note)
    return Mark("unknown", "unknown", note)


def view_groups(answer: Answer) -> tuple[tuple[str, Mark], ...]:
    """Class groups: double- and triple-class exposed or refractory, penta-drug refractory."""
    facts = Facts(answer.state)
    groups = answer.state.get("groups") or {}
    return tuple(
        (label, tri_mark(groups[key] if groups.get(key) is not None else facts.value(key)))
        for key, label in words.GROUP_WORDS.items()
    )


def view_flags(answer: Answer) -> str:
    return ", ".join(names.spelled(flag) for flag in (answer.state.get("refractory") or {}).get("flags") or ())
