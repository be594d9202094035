"""Navigators' cases: who, each step from referral to enrolled or declined, notes, reminders, barriers, outcome.

Entries are only added; a correction is a new entry that names the one it takes the place of. A case is erased as a
whole when the person asks for it. SQLite by default, PostgreSQL by URL.
"""

from __future__ import annotations

from mspike.trials.cases.entry import KINDS, STEPS, Case, CaseError, Entry, Summary
from mspike.trials.cases.store import Cases, default_url, open_cases

__all__ = ["KINDS", "STEPS", "Case", "CaseError", "Cases", "Entry", "Summary", "default_url", "open_cases"]
