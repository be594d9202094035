"""Derive: what a record means, as facts by name, each with value or unknown, date, basis and reason.

`derive_state(record, knowledge, policies)` is the door.
"""

from mspike.derive.assembly import derive_state
from mspike.derive.regimen import regimen_facts
from mspike.derive.state import Contradiction, Fact, FactValue, Line, Refractory, State, known
from mspike.derive.wire import show_value, state_to_wire, wire_value

__all__ = [
    "Contradiction",
    "Fact",
    "FactValue",
    "Line",
    "Refractory",
    "State",
    "derive_state",
    "known",
    "regimen_facts",
    "show_value",
    "state_to_wire",
    "wire_value",
]
