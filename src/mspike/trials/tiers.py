"""Why a trial stands in its tier: the words of the record that name the disease, and where they stand."""

from __future__ import annotations

from mspike.knowledge import load_search_words
from mspike.trials.facets import GROUP, disease_bit, disease_called, disease_names, plain, trial_words
from mspike.trials.trial import Trial

WHERE = ("conditions or keywords", "title", "treatments", "sponsor", "summary", "eligibility text")


def tier_because(cancer_type: str, tier: int, trial: Trial) -> str:
    """`conditions or keywords name "plasma cell myeloma"`."""
    texts = trial_words(trial)
    name = disease_called(cancer_type)
    if name is None:
        wanted = plain(cancer_type)
        return next((_said(n, wanted) for n, text in enumerate(texts) if f" {wanted} " in f" {plain(text)} "), "")
    own = disease_bit(name)
    near = sum(disease_bit(other) for other in load_search_words().diseases[name].near) | GROUP
    for mask, places in ((own, (0, 1)), (near, (0, 1)), (own, (4, 5))) if tier == 2 else ((own, (0, 1)),):
        for place in places:
            if found := next((word for word, bit in disease_names(texts[place]) if bit & mask), None):
                return _said(place, found)
    return ""


def _said(place: int, word: str) -> str:
    verb = "name" if place in (0, 2) else "names"
    return f"{WHERE[place]} {verb} “{word}”"
