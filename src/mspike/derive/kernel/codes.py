"""The closed codes of the kernel, with their words. Where a code is a position, the tuple of words has its order."""

from __future__ import annotations

from typing import Final

MISSING: Final = -1.0e18
"""No value."""
NODAY: Final = -1
FAR: Final = 1 << 40
"""A day after all others."""
"""No day."""

# -- response: tests ---------------------------------------------------------------------------------------------

SERUM: Final = 0
URINE: Final = 1
KAPPA: Final = 2
LAMBDA: Final = 3
DFLC: Final = 4
SERUM_IFE: Final = 5
URINE_IFE: Final = 6
OTHER_BAND: Final = 7
DIRA: Final = 8
MARROW: Final = 9
CLONAL: Final = 10
SPD: Final = 11
ONE_SPD: Final = 12
LESION: Final = 13
BLOOD_CELLS: Final = 14
EGFR: Final = 15
CALCIUM: Final = 16
STATED: Final = 17
STATED_CONFIRMED: Final = 18

BANDS: Final = 1 << OTHER_BAND | 1 << DIRA
"""The tests that tell whose a band is, as bits."""
SELDOM: Final = 1 << MARROW | 1 << CLONAL | 1 << SPD | 1 << ONE_SPD | 1 << LESION | 1 << BLOOD_CELLS | 1 << CALCIUM
"""The tests that few samples hold, as bits: one look passes over them all."""

TESTS: Final = (
    "serum-m-protein", "urine-m-protein", "kappa-flc", "lambda-flc", "dflc", "serum-immunofixation",
    "urine-immunofixation", "serum-immunofixation-other", "dira", "marrow-plasma-cells", "marrow-clonality",
    "plasmacytoma-spd", "plasmacytoma-spd of one lesion", "new-lesion", "circulating-plasma-cells", "egfr", "calcium",
    "stated response", "stated confirmed response",
)  # fmt: skip
"""Amounts in the canonical unit; findings as 0 (negative, absent, false) and 1; another band as 0 none, 1, or 2 for
IgG-kappa; a stated response as its level."""

# -- response: levels, in the order in which they are reached -----------------------------------------------------

NE: Final = 0
PD: Final = 1
SD: Final = 2
MR: Final = 3
PR: Final = 4
VGPR: Final = 5
CR: Final = 6
SCR: Final = 7
LEVELS: Final = ("NE", "PD", "SD", "MR", "PR", "VGPR", "CR", "sCR")

# -- response: markers that have a baseline and a reference -------------------------------------------------------

M_SERUM: Final = 0
M_URINE: Final = 1
M_DFLC: Final = 2
M_MARROW: Final = 3
M_SPD: Final = 4
M_BLOOD: Final = 5
M_OTHER_CHAIN: Final = 6
M_CALCIUM: Final = 7
MARKER_COUNT: Final = 8
MARKERS: Final = (
    "serum-m-protein", "urine-m-protein", "dflc", "marrow-plasma-cells", "plasmacytoma-spd",
    "circulating-plasma-cells", "uninvolved-flc", "calcium",
)  # fmt: skip

# -- response: clauses of progression, bits -----------------------------------------------------------------------

BY_SERUM: Final = 1
BY_HIGH_SERUM: Final = 2
BY_URINE: Final = 4
BY_DFLC: Final = 8
BY_MARROW: Final = 16
BY_LESION: Final = 32
BY_SPD: Final = 64
BY_BLOOD: Final = 128
BY_CALCIUM: Final = 256
BY_STATEMENT: Final = 512
CLAUSES: Final = (
    "serum", "serum-high-level", "urine", "flc", "marrow", "new-lesion", "plasmacytoma", "circulating-cells",
    "calcium", "stated",
)  # fmt: skip
AT_ONCE: Final = 112
"""Marrow, new lesion, plasmacytoma: no second sample is asked for."""

# -- response: flags, bits ----------------------------------------------------------------------------------------

F_ESCAPE: Final = 1
F_OTHER_CHAIN: Final = 2
F_PENDING_MARROW: Final = 4
F_NO_URINE: Final = 8
F_NO_BASE_URINE: Final = 16
F_NO_BASE_SERUM: Final = 32
F_RENAL: Final = 64
F_OLIGOCLONAL: Final = 128
F_ANTIBODY: Final = 256
F_ANTIBODY_POSSIBLE: Final = 512
F_PLASMACYTOMA: Final = 1024
F_FROM_CR: Final = 2048
F_LONE_PR: Final = 4096
F_LONE_CR: Final = 8192
F_LONE_PD: Final = 16384
FLAGS: Final = (
    "LIGHT_CHAIN_ESCAPE", "UNINVOLVED_FLC_RISE", "CR_PENDING_MARROW", "MISSING_URINE", "MISSING_BASELINE_URINE",
    "MISSING_BASELINE_SERUM", "RENAL_FLC_RANGE", "OLIGOCLONAL", "MAB_INTERFERENCE", "MAB_INTERFERENCE_POSSIBLE",
    "PLASMACYTOMA_LIMITS", "RELAPSE_FROM_CR", "UNCONFIRMED_PR", "UNCONFIRMED_CR", "UNCONFIRMED_PD",
)  # fmt: skip

# -- response: what flexible handling assumed, or what was missing, bits ------------------------------------------

A_URINE: Final = 1
A_MARROW: Final = 2
A_PLASMACYTOMA: Final = 4
A_SERUM: Final = 8
A_BASELINE: Final = 16
A_URINE_IFE: Final = 1024
A_ANY: Final = 1055
H_SERUM_BAND: Final = 32
H_SERUM_IFE: Final = 64
H_URINE_BAND: Final = 128
H_MARROW: Final = 256
H_RATIO: Final = 512
H_FOUND: Final = 928
"""`H_…`: what kept a VGPR from being a CR. `H_FOUND`: those that were looked for and found."""
GAPS: Final = (
    "urine M", "marrow", "imaging of the plasmacytoma", "serum M", "baseline", "band in serum",
    "no serum immunofixation", "band in urine", "plasma cells in the marrow", "light chain ratio",
    "urine immunofixation",
)  # fmt: skip

# -- response: how a level or a progression was confirmed ---------------------------------------------------------

NOT_YET: Final = 0
BY_SAMPLE: Final = 1
BY_NEW_LINE: Final = 2
BY_ITSELF: Final = 3
BY_RECORD: Final = 4
BY_DEATH: Final = 5
REFUTED: Final = 6

# -- response: parameters, by position ----------------------------------------------------------------------------

RESPONSE_PARAMS: Final = (
    "serum_measurable_g_l", "urine_measurable_mg_24h", "flc_measurable_mg_l", "marrow_measurable_pct",
    "baseline_days", "flc_ratio_low", "flc_ratio_high", "renal_flc_ratio_low", "renal_flc_ratio_high",
    "renal_egfr_below", "vgpr_fall_pct", "pr_fall_pct", "mr_fall_pct", "vgpr_urine_below_mg_24h",
    "pr_urine_fall_pct", "pr_urine_below_mg_24h", "mr_urine_fall_pct", "cr_marrow_below_pct",
    "plasmacytoma_pr_fall_pct", "plasmacytoma_mr_fall_pct", "plasmacytoma_vgpr_fall_pct", "pd_rise_pct",
    "pd_serum_g_l", "pd_serum_high_level_g_l", "pd_serum_high_rise_g_l", "pd_urine_mg_24h", "pd_dflc_mg_l",
    "pd_marrow_points", "pd_marrow_value_pct", "pd_plasmacytoma_rise_pct", "pd_blood_rise_pct", "pd_blood_per_ul",
    "pd_calcium_mmol_l", "relapse_from_cr_marrow_pct", "antibody_band_g_l",
    "reference_confirmed", "high_level_of_lowest", "high_level_alone", "flc_vgpr_at_exactly", "blood_as_rise",
    "escape_is_progression", "renal_range", "stringent", "minimal", "missing_data", "new_line_confirms",
)  # fmt: skip
(
    P_SERUM, P_URINE, P_FLC, P_MARROW,
    P_BASELINE_DAYS, P_RATIO_LOW, P_RATIO_HIGH, P_RENAL_LOW, P_RENAL_HIGH,
    P_RENAL_EGFR, P_VGPR, P_PR, P_MR, P_VGPR_URINE,
    P_PR_URINE_FALL, P_PR_URINE, P_MR_URINE_FALL, P_CR_MARROW,
    P_SPD_PR, P_SPD_MR, P_SPD_VGPR, P_RISE,
    P_PD_SERUM, P_HIGH_LEVEL, P_HIGH_RISE, P_PD_URINE, P_PD_DFLC,
    P_PD_MARROW, P_PD_MARROW_VALUE, P_PD_SPD, P_PD_BLOOD_RISE, P_PD_BLOOD,
    P_PD_CALCIUM, P_FROM_CR_MARROW, P_BAND,
    P_REFERENCE_CONFIRMED, P_HIGH_OF_LOWEST, P_HIGH_ALONE, P_FLC_EXACT, P_BLOOD_RISE,
    P_ESCAPE, P_RENAL_RANGE, P_STRINGENT, P_MINIMAL, P_MISSING, P_NEW_LINE,
) = range(46)  # fmt: skip
ONE_LEVEL: Final = 0
FLEXIBLE: Final = 1
NOT_EVALUABLE: Final = 2

# -- response: places in the scratch column, MARKER_COUNT each ----------------------------------------------------

LAST: Final = 0
LAST_DAY: Final = 8
BASE: Final = 16
BASE_DAY: Final = 24
REF: Final = 32
REF_DAY: Final = 40
PREV: Final = 48
PREV_DAY: Final = 56
CUTS: Final = 80
"""The levels' borders of this line, from the baseline."""
SCRATCH: Final = 96
"""Length of the scratch column."""
TEST_PLACES: Final = 32
"""Length of the column for one day's values, by test."""

CUT_VGPR: Final = 80
CUT_PR: Final = 81
CUT_MR: Final = 82
CUT_URINE_PR: Final = 83
CUT_URINE_MR: Final = 84
CUT_DFLC_VGPR: Final = 85
CUT_DFLC_PR: Final = 86
CUT_MARROW_PR: Final = 87
CUT_SPD_PR: Final = 88
CUT_SPD_MR: Final = 89
CUT_SPD_VGPR: Final = 90
RISE: Final = 91
"""What a reference is multiplied by for the share of a progression."""

# -- response: output columns -------------------------------------------------------------------------------------

(
    O_DAY, O_LINE, O_LEVEL, O_CONFIRMED, O_FLAGS, O_CLAUSES, O_MARKER, O_REF_DAY, O_KNOWN, O_HOW, O_DERIVED, O_GAPS,
    O_STATED,
) = range(13)  # fmt: skip
"""Whole numbers of a row. `O_KNOWN`: day from which the confirmation stands; `O_DERIVED`: the level without what is
stated; `O_GAPS`: what was missing or assumed, or kept it from CR; `O_STATED`: 1 if the record states the level, 2 if
as confirmed."""
INT_COLUMNS: Final = 13
O_VALUE, O_BASE, O_REF = range(3)
FLOAT_COLUMNS: Final = 3

L_MEASURABLE, L_BEST, L_PD_DAY, L_PD_KNOWN, L_FROM_CR = range(5)
"""Whole numbers of a line: bits of the measurable markers, best confirmed level, first confirmed progression, the day
it became known, first sign of a relapse from CR."""
LINE_COLUMNS: Final = 5
REFERENCE_COLUMNS: Final = 5
"""Of a line's marker: baseline, its day, reference, its day, the value from which progression counts."""
