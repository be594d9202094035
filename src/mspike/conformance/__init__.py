"""Conformance: the published test vectors, and how any program that speaks the case and answer forms is held to them.

Nothing of mspike's own derivation is used here: a runner is a command, and an answer is what it prints.
"""

from __future__ import annotations

from mspike.conformance.match import Finding, differences
from mspike.conformance.results import BATCH, Result, Totals, run_vectors, totals
from mspike.conformance.runner import Command, RunnerError
from mspike.conformance.vectors import (
    VectorError,
    VectorFile,
    chosen,
    packaged_vectors,
    read_vectors,
    vectors_schema,
)

__all__ = [
    "BATCH",
    "Command",
    "Finding",
    "Result",
    "RunnerError",
    "Totals",
    "VectorError",
    "VectorFile",
    "chosen",
    "differences",
    "packaged_vectors",
    "read_vectors",
    "run_vectors",
    "totals",
    "vectors_schema",
]
