"""The sample answer bent out of shape: seventy options, an empty record, a hostile one, words without end."""

from __future__ import annotations

import msgspec

from mspike.options.answer import LABEL_FITS, VERDICTS, Answer
from report.sample import PATHS, reason, sample_answer, state

COPIES = ("", "-b", "-c", "-d")


def seventy() -> Answer:
    """As many options as the sources list, in the order of an answer."""
    full = sample_answer()
    places = [path["id"] for path in PATHS]
    copies = [
        msgspec.structs.replace(option, id=option.id + suffix, cautions=list(option.cautions))
        for suffix in COPIES
        for option in full.options
    ][:70]
    copies.sort(key=lambda o: (places.index(o.path), VERDICTS.index(o.verdict), LABEL_FITS.index(o.label_fit), o.id))
    full.options = copies
    return full


def newly_diagnosed() -> Answer:
    """Out of scope, and nothing given yet."""
    full = sample_answer()
    untreated: dict[str, list[str]] = {"lines": [], "responses": [], "progressions": []}
    full.state = state(disease={"status": "newly-diagnosed"}, exposed={}, refractory={}, **untreated)
    full.notes = ["Out of scope: first-line treatment. Is this relapsed?"]
    return full


def empty() -> Answer:
    """A record that says almost nothing, and an answer without questions or disagreements."""
    full = sample_answer()
    full.state = {"disease": {"status": None}, "lines": None, "facts": {}}
    full.notes, full.questions, full.disagreements, full.policies, full.paths = [], [], [], {}, []
    return full


HOSTILE = "<script>alert('x')</script> \"quoted\" & </style> 日本語 \u202eabc {{7*7}}"


def hostile() -> Answer:
    """Markup, quotes, template braces and a right-to-left mark in every place that a record can reach."""
    full = sample_answer()
    full.id = full.as_of = HOSTILE
    full.notes, full.limits, full.policies = [HOSTILE], [HOSTILE], {HOSTILE: HOSTILE}
    full.state["event"] |= {"type": HOSTILE, "because": HOSTILE, "date": HOSTILE, "pace": HOSTILE}
    full.state["lines"][0] |= dict.fromkeys(("regimen", "because", "start", "stop_reason"), HOSTILE) | {
        "drugs": [HOSTILE]
    }
    full.state["responses"][0] |= {"date": HOSTILE, "because": HOSTILE, "flags": [HOSTILE]}
    full.state["refractory"]["drugs"][0] |= {"drug": HOSTILE, "because": HOSTILE, "date": HOSTILE}
    full.state["exposed"]["drugs"].append(HOSTILE)
    full.state["facts"]["prior_lines"] |= {"value": HOSTILE, "from": [HOSTILE], "date": HOSTILE}
    full.options[0].for_.append(reason(HOSTILE, "supports", "label", HOSTILE, "lbl-kyp", prior_lines=HOSTILE))
    full.options[0].label = HOSTILE
    full.options[-1].id = HOSTILE
    return full


def long_words() -> Answer:
    """Sentences and names far longer than any source gives, one of them without a space."""
    full = seventy()
    full.id = "x" * 120
    long = "This reason goes on about the record and its numbers, with a clause for every doubt of a reader. " * 7
    for option in full.options[::4]:
        option.label = "A treatment with a long name + " * 3 + "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk"
        option.cautions.append(reason(f"long/{option.id}", "caution", "guideline", long, "imwg21", prior_lines=1))
    full.state["lines"] = [full.state["lines"][0] | {"number": n + 1} for n in range(9)]
    full.state["responses"] *= 12
    return full


ALL = {
    "sample": sample_answer, "seventy": seventy, "newly-diagnosed": newly_diagnosed, "empty": empty, "hostile": hostile,
    "long-words": long_words,
}  # fmt: skip
