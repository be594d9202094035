"""State × knowledge → every option with verdict, reasons, needs; questions; disagreements. Nothing is hidden."""

from __future__ import annotations

from mspike.options.answer import Answer
from mspike.options.build import build_answer

__all__ = ["Answer", "build_answer"]
