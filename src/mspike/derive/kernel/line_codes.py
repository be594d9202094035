"""The closed codes of lines of therapy and refractoriness, with their words. Bits stand in the order of their words."""

from __future__ import annotations

from typing import Final

# -- what a drug is: bits of `traits[drug]`; from CLASS_SHIFT on, its classes ------------------------------------

STEROID: Final = 1
IGNORED: Final = 2
"""Supportive: never of a line (R8)."""
ONCE: Final = 4
"""A cell product, given once."""
MAINTAINS: Final = 8
CONDITIONS: Final = 16
MOBILISES: Final = 32
DEPLETES: Final = 64
AT_HOME: Final = 128
"""Taken by mouth: a record of one day is a prescription, and no single dose."""
COUNTED: Final = 256
"""Its failure is kept (no steroid, no unnamed drug)."""
NOT_FIRST: Final = 512
"""Licensed only after an earlier treatment: not planned within a first one."""
CLASS_SHIFT: Final = 10
DRUG_PLACES: Final = 62
"""Room for every drug: a set of drugs is an int of 64 bits where it is compiled."""
SPECIAL: Final = 114
"""IGNORED, CONDITIONS, MOBILISES, DEPLETES: such a record is looked at before it is placed."""

# -- what a record says: bits of `note[row]` ---------------------------------------------------------------------

CONTEXTS: Final = (
    "", "induction", "consolidation", "maintenance", "conditioning", "mobilisation", "lymphodepletion", "bridging",
    "supportive",
)  # fmt: skip
(
    NO_CONTEXT, INDUCTION, CONSOLIDATION, MAINTENANCE, CONDITIONING, MOBILISATION, LYMPHODEPLETION, BRIDGING, SUPPORT,
) = range(9)  # fmt: skip
CONTEXT: Final = 15
OPEN: Final = 16
"""Not ended on the day of the record."""
STOP_SHIFT: Final = 5
STOPS: Final = ("", "progression", "toxicity", "completed", "planned", "access", "choice", "death")
S_UNSAID, S_PROGRESSION, S_TOXICITY, S_COMPLETED, S_PLANNED, S_ACCESS, S_CHOICE, S_DEATH = range(8)
STOP: Final = 7
BY_MOUTH: Final = 256
LOW_DOSE: Final = 512
"""At a maintenance dose, or given as maintenance."""
DOSED: Final = 1024
"""Whether LOW_DOSE is known."""

# -- where a record was placed: the number of its line (1, 2, ...), or: ------------------------------------------

PLACES: Final = (
    "", "steroid outside a line", "conditioning", "mobilisation", "lymphodepletion", "supportive",
    "less than one cycle", "before the diagnosis of active disease",
)  # fmt: skip
(
    UNPLACED, AS_STEROID, AS_CONDITIONING, AS_MOBILISATION, AS_DEPLETION, AS_SUPPORT, AS_INCOMPLETE, AS_SMOULDERING,
) = (0, -1, -2, -3, -4, -5, -6, -7)  # fmt: skip

# -- procedures, and what an assessment or a value said ----------------------------------------------------------

PROCEDURES: Final = (
    "autologous-transplant", "allogeneic-transplant", "stem-cell-collection", "leukapheresis", "radiotherapy",
)  # fmt: skip
AUTOLOGOUS, ALLOGENEIC, COLLECTION, LEUKAPHERESIS, RADIOTHERAPY = range(5)
SIGNS: Final = ("nothing", "progression", "stable disease", "progression that is not confirmed")
SIGN_PD: Final = 1
"""A confirmed progression."""
SIGN_SD: Final = 2
"""Stable disease: no response."""
SIGN_MAYBE: Final = 3
"""A progression that nothing has confirmed so far; a line that begins after it does."""

# -- of a line: parts, why it began, how it ended, flags ---------------------------------------------------------

PARTS: Final = (
    "induction", "treatment", "bridging", "car-t", "autologous-transplant", "allogeneic-transplant", "consolidation",
    "maintenance", "continuation", "retreatment",
)  # fmt: skip
(
    IN_INDUCTION, IN_TREATMENT, IN_BRIDGING, IN_CAR_T, IN_AUTO, IN_ALLO, IN_CONSOLIDATION, IN_MAINTENANCE,
    IN_CONTINUATION, IN_RETREATMENT,
) = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)  # fmt: skip
BEGAN: Final = (
    "", "first treatment", "progression", "a drug was added", "another regimen", "another regimen after a pause",
    "a transplant", "treatment after a gap", "a cell product",
)  # fmt: skip
(
    STAYS, FIRST, AFTER_PD, ADDED, SWITCHED, LATE, TRANSPLANTED, AFTER_GAP, CELLS,
) = range(9)  # fmt: skip
ENDED: Final = (*STOPS, "ongoing")
ONGOING: Final = 8
LINE_FLAGS: Final = (
    "retreatment-same-regimen", "treatment-free-interval-gt-12m", "regimen-repeated-after-intervening-line",
    "steroid-only-exposure-ignored", "mobilisation-ignored", "supportive-ignored", "bridging-in-car-t-line",
    "sct-only-line", "switch-without-PD", "same-class-substitution", "addition-reason-unknown",
    "late-start-without-PD", "incomplete-cycle-not-a-line", "pre-diagnosis-therapy", "short-exposure-refractory",
    "lenalidomide-refractory-at-maintenance-dose", "relapsed-after-BCMA-CAR-T", "response-below-MR-line1",
    "triple-class-refractory", "quad-drug-refractory", "penta-drug-refractory",
)  # fmt: skip
(
    F_RETREATMENT, F_FREE_INTERVAL, F_REPEATED, F_STEROID_ALONE, F_MOBILISATION, F_SUPPORT, F_BRIDGING, F_SCT_ONLY,
    F_NO_PD, F_SAME_CLASS, F_REASON_UNKNOWN, F_LATE, F_INCOMPLETE, F_BEFORE_DIAGNOSIS,
) = tuple(1 << place for place in range(14))  # fmt: skip

# -- parameters of the lines, by position: knowledge/data/policies/ has one file for each -------------------------

LINE_PARAMS: Final = (
    "combination_window_days", "nonresponse_closes_window", "era_gap_days", "line_gap_days", "continuation_days",
    "transplant_in_line_days", "maintenance_window_days", "tandem_days", "mobilisation_days", "conditioning_days",
    "lymphodepletion_days", "bridging_days", "bridging_own_line", "carry_over_days", "line_min_days",
    "relapse_restarts_line", "change_needs_progression", "treatment_free_months", "refractory_window_days",
    "unwatched_change_days", "unwatched_gap_days", "mobilisation_course_days", "min_exposure_days",
    "sd_refractory", "count_from", "unwatched_induction_days",
)  # fmt: skip
(
    P_WINDOW, P_NONRESPONSE, P_ERA_GAP, P_LINE_GAP, P_CONTINUE, P_TRANSPLANT, P_MAINTAIN, P_TANDEM, P_MOBILISE,
    P_CONDITION, P_DEPLETE, P_BRIDGE, P_BRIDGING_OWN, P_CARRY, P_MIN_DAYS, P_RESTART, P_NEEDS_PD, P_FREE_MONTHS,
    P_REFRACTORY, P_UNWATCHED, P_UNWATCHED_GAP, P_COURSE, P_LEAST_EXPOSURE, P_SD_REFRACTORY, P_COUNT_FROM,
    P_INDUCTION,
) = range(26)  # fmt: skip

# -- output: columns of the lines --------------------------------------------------------------------------------

(
    L_START, L_STOP, L_DRUGS, L_CORE, L_PARTS, L_FLAGS, L_BEGAN, L_ENDED, L_TRANSPLANT, L_PD, L_UPKEEP, L_PAUSE, L_LAST,
) = range(13)  # fmt: skip
"""First and last day; drugs with and without the steroid, parts and flags as bits; why it began and ended; the (last)
transplant; the progression that ended it or followed it; the drugs of its maintenance; days without treatment before it
or before its restart; the row of its last dose. NODAY stands for no day."""
LINE_TABLE: Final = 13
