"""Derive: what a record means, as facts by name, each with value or unknown, date, basis and reason.

`derive_state(record, knowledge, policies)` is the door.
"""

from mspike.derive.assembly import derive_state
from mspike.derive.compare import Comparison, Counting, compare_lines
from mspike.derive.regimen import regimen_facts
from mspike.derive.rules import Rules, read_rules
from mspike.derive.state import Contradiction, Fact, FactValue, Line, Refractory, State, known
from mspike.derive.wire import show_value, state_to_wire, wire_line, wire_value

__all__ = [
    "Comparison",
    "Contradiction",
    "Counting",
    "Fact",
    "FactValue",
    "Line",
    "Refractory",
    "Rules",
    "State",
    "compare_lines",
    "derive_state",
    "known",
    "read_rules",
    "regimen_facts",
    "show_value",
    "state_to_wire",
    "wire_line",
    "wire_value",
]
