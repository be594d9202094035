"""Derive: what a record means, as facts by name, each with value or unknown, date, basis and reason.

`derive_state(record, knowledge, policies)` is the door; `assembly` puts the parts together; `kernel/` holds what runs
on plain numbers. Each subject is a few modules, and a page of spec/ with its borders:

- lines of therapy (spec/lines.md): `lines` as stated; `line_columns`, `line_records`, `agreement`, `line_words` counted
  from drug records; `settling`, because lines and responses need each other; `recount`, `compare`; `regimen`,
  `transplant`
- response and relapse (response.md, relapse.md): `samples` in, `criteria`, `outcome`, `response` out, `reasons`,
  `confirmed` and `wording` for the sentences; `progression`, `relapse`, `pace`, `mrd`, `event`, `status`, and
  `standing` where no event is stated
- what was given and failed (refractoriness.md): `exposure`, `judged`, `refractory`, `refractory_records`,
  `maintenance`, `groups`, `growth`, `flags`, `intolerance`
- stage, risk and the person (risk.md, fitness.md): `scores`, `risk`, `cytogenetics`, `fitness`, `health`, `hepatitis`,
  `person`
- rows of a block: `meanings`, what one entry is to the kernels
- all of them: `settings` and `rules` (the numbers in force), `vocabulary`, `intervals`, `truth`, `state`, `wire`,
  `curves`, `contradictions`
"""

from mspike.derive.assembly import derive_state
from mspike.derive.compare import Comparison, Counting, compare_lines
from mspike.derive.meanings import Meaning, read_meaning
from mspike.derive.person import INTERACTIONS
from mspike.derive.regimen import regimen_facts
from mspike.derive.rules import Rules, read_rules
from mspike.derive.state import Contradiction, Fact, FactValue, Line, Refractory, State, known
from mspike.derive.truth import leaf_truth
from mspike.derive.wire import show_value, state_to_wire, wire_line, wire_value

__all__ = [
    "INTERACTIONS",
    "Comparison",
    "Contradiction",
    "Counting",
    "Fact",
    "FactValue",
    "Line",
    "Meaning",
    "Refractory",
    "Rules",
    "State",
    "compare_lines",
    "derive_state",
    "known",
    "leaf_truth",
    "read_meaning",
    "read_rules",
    "regimen_facts",
    "show_value",
    "state_to_wire",
    "wire_line",
    "wire_value",
]
