"""The clauses of progression: by which marker one is told, and which sample can speak against it."""

from __future__ import annotations

from mspike.derive.kernel.codes import (
    BY_BLOOD,
    BY_CALCIUM,
    BY_DFLC,
    BY_HIGH_SERUM,
    BY_LESION,
    BY_MARROW,
    BY_SERUM,
    BY_SPD,
    BY_STATEMENT,
    BY_URINE,
    M_BLOOD,
    M_CALCIUM,
    M_DFLC,
    M_MARROW,
    M_SERUM,
    M_SPD,
    M_URINE,
    MISSING,
)


def first_marker(clauses: int) -> int:
    """The marker that a progression is told by."""
    if clauses & (BY_SERUM | BY_HIGH_SERUM):
        return M_SERUM
    if clauses & BY_URINE:
        return M_URINE
    if clauses & BY_DFLC:
        return M_DFLC
    if clauses & BY_MARROW:
        return M_MARROW
    if clauses & (BY_SPD | BY_LESION):
        return M_SPD
    if clauses & BY_BLOOD:
        return M_BLOOD
    return M_CALCIUM if clauses & BY_CALCIUM else M_SERUM


def measured(clauses: int, serum: float, urine: float, dflc: float, blood: float, calcium: float) -> bool:
    """Whether a sample can speak against a progression: it holds the marker that showed it."""
    if clauses & (BY_SERUM | BY_HIGH_SERUM) and serum != MISSING:
        return True
    if clauses & BY_URINE and urine != MISSING:
        return True
    if clauses & BY_DFLC and dflc != MISSING:
        return True
    if clauses & BY_BLOOD and blood != MISSING:
        return True
    if clauses & BY_CALCIUM and calcium != MISSING:
        return True
    return clauses & BY_STATEMENT != 0
