"""One reader for each family of facts: a sentence in, what it states out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mspike.trials.criteria.model import Found
from mspike.trials.criteria.readers.age import read_age
from mspike.trials.criteria.readers.barred import read_barred
from mspike.trials.criteria.readers.disease import (
    read_cns,
    read_conditions,
    read_cytogenetics,
    read_diseases,
    read_neuropathy,
    read_remarks,
)
from mspike.trials.criteria.readers.heart import read_labs, read_lvef, read_nyha, read_qtc
from mspike.trials.criteria.readers.lines import read_lines
from mspike.trials.criteria.readers.measurable import read_measurable
from mspike.trials.criteria.readers.person import read_ecog, read_karnofsky, read_life_expectancy
from mspike.trials.criteria.readers.treatment import read_exposure, read_progression
from mspike.trials.criteria.readers.untreated import read_untreated
from mspike.trials.criteria.readers.windows import read_steroid, read_transplant, read_vaccine, read_washout
from mspike.trials.criteria.sentence import Sentence

Reader = Callable[[Sentence], Iterator[Found]]

READERS: dict[str, Reader] = {
    "age/2": read_age, "ecog/2": read_ecog, "karnofsky/1": read_karnofsky, "life-expectancy/1": read_life_expectancy,
    "lines/2": read_lines, "measurable/2": read_measurable, "exposure/2": read_exposure, "barred/2": read_barred,
    "progression/2": read_progression, "transplant/2": read_transplant, "vaccine/2": read_vaccine,
    "steroid/2": read_steroid, "washout/2": read_washout, "cns/2": read_cns, "disease/2": read_diseases,
    "neuropathy/2": read_neuropathy, "lvef/1": read_lvef, "qtc/2": read_qtc, "nyha/2": read_nyha, "labs/2": read_labs,
    "conditions/2": read_conditions, "cytogenetics/1": read_cytogenetics, "untreated/1": read_untreated,
    "remarks/1": read_remarks,
}  # fmt: skip
"""Name with version → reader. A version changes when its reader reads something differently."""

NEEDS: dict[str, tuple[str, ...]] = {
    "age/2": ("age", "year", "yr", "adult", "y/o", "old"), "karnofsky/1": ("karnofsky", "kps", "lansky"),
    "ecog/2": ("ecog", "eastern", "zubrod", "performance", "ps ", "swog"),
    "life-expectancy/1": ("expect", "surviv", "prognosis"),
    "lines/2": ("line", "regimen", "therap", "treatment", "lot"),
    "measurable/2": ("measur", "g/dl", "g/l", "mg", "24"),
    "progression/2": ("progress", "relaps", "refractory", "fail"),
    "transplant/2": ("transplant", "sct", "hct", "bmt", "stem", "therapy was"), "vaccine/2": ("vaccin",),
    "steroid/2": ("steroid", "predni", "dexameth"),
    "washout/2": ("within", "<", "≤", "last", "past", "prior", "preceding", "less"),
    "untreated/1": ("diagnosed", "untreated", "no prior", "not previously"),
    "cns/2": ("cns", "central nervous", "mening", "brain"), "neuropathy/2": ("neuropath",),
    "lvef/1": ("ejection", "lvef", "ef"), "qtc/2": ("qt",), "nyha/2": ("nyha", "york"),
    "labs/2": ("neutrophil", "anc", "platelet", "plt", "hemoglobin", "haemoglobin", "hb", "hgb", "creatinine", "crcl",
               "cr cl", "gfr", "glomerular", "bilirubin", "ast", "alt", "aminotrans", "transaminase", "sgot", "sgpt",
               "calcium", "thrombocyte", "clcr", "ccr"),
}  # fmt: skip
"""A reader is asked only where one of its words stands, in lower case: most sentences are about one thing."""


def read_sentence(sentence: Sentence) -> Iterator[tuple[str, Found]]:
    """(reader, what it found) for everything a sentence states."""
    low = sentence.text.lower()
    for name, reader in READERS.items():
        needs = NEEDS.get(name)
        if needs is None or any(word in low for word in needs):
            for found in reader(sentence):
                yield name, found


HEADLINE = ("lines/2", "exposure/2", "age/2")
"""What is read of title and summary too."""
