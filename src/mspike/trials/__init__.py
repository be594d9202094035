"""Clinical trials: registry downloads in, an index to search, and what their eligibility texts ask for."""

from __future__ import annotations

from mspike.trials.asked import Query, QueryError, read_phases, read_statuses
from mspike.trials.cases import Case, CaseError, Cases, Entry, Summary, open_cases
from mspike.trials.changes import Change, TrialChange, changes_since
from mspike.trials.criteria import (
    Criterion,
    Evidence,
    Parsed,
    apply_corrections,
    flat,
    load_corrections,
    parse_criteria,
)
from mspike.trials.gazetteer import Point
from mspike.trials.index import Index, default_path, open_index
from mspike.trials.load import Loaded, load_trials
from mspike.trials.match import NOT_SAID, TO_READ, CohortMatch, CriterionMatch, Match, Matcher, NextQuestion, TrialMatch
from mspike.trials.packet import IDENTITIES, Identity, Packet, Shortlisted, make_packet
from mspike.trials.places import PlaceError, find_place, read_radius
from mspike.trials.prepared import Prepared
from mspike.trials.search import Found, NearSite, Search, search_trials
from mspike.trials.sources import read_trials
from mspike.trials.sync import API, Synced, sync_trials
from mspike.trials.trial import (
    RECRUITING,
    STATUSES,
    Contact,
    Intervention,
    Other,
    Site,
    Snapshot,
    Text,
    Trial,
    TrialError,
)

__all__ = [
    "API",
    "IDENTITIES",
    "NOT_SAID",
    "RECRUITING",
    "STATUSES",
    "TO_READ",
    "Case",
    "CaseError",
    "Cases",
    "Change",
    "CohortMatch",
    "Contact",
    "Criterion",
    "CriterionMatch",
    "Entry",
    "Evidence",
    "Found",
    "Identity",
    "Index",
    "Intervention",
    "Loaded",
    "Match",
    "Matcher",
    "NearSite",
    "NextQuestion",
    "Other",
    "Packet",
    "Parsed",
    "PlaceError",
    "Point",
    "Prepared",
    "Query",
    "QueryError",
    "Search",
    "Shortlisted",
    "Site",
    "Snapshot",
    "Summary",
    "Synced",
    "Text",
    "Trial",
    "TrialChange",
    "TrialError",
    "TrialMatch",
    "apply_corrections",
    "changes_since",
    "default_path",
    "find_place",
    "flat",
    "load_corrections",
    "load_trials",
    "make_packet",
    "open_cases",
    "open_index",
    "parse_criteria",
    "read_phases",
    "read_radius",
    "read_statuses",
    "read_trials",
    "search_trials",
    "sync_trials",
]
