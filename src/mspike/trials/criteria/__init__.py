"""Eligibility text → criteria, by fixed rules: cohort, side, fact, quote with offsets, condition, exception.

What no rule reads is kept as text with status unknown; a criterion decides only when its whole sentence is plain.
"""

from __future__ import annotations

from mspike.trials.criteria.annotated import flat
from mspike.trials.criteria.corrections import CorrectionFile, apply_corrections, load_corrections
from mspike.trials.criteria.model import Cohort, Criterion, Evidence, Parsed
from mspike.trials.criteria.parse import parse_criteria

__all__ = [
    "Cohort",
    "CorrectionFile",
    "Criterion",
    "Evidence",
    "Parsed",
    "apply_corrections",
    "flat",
    "load_corrections",
    "parse_criteria",
]
