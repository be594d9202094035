"""The verdict of an option, from the effects of its criteria. The order of the four is the contract's."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from mspike.knowledge import Truth
from mspike.options.answer import VERDICTS, Reason

FITS, CAUTION, CANNOT_TELL, RULED_OUT = range(len(VERDICTS))

STATUS_EFFECT = {
    "withdrawn": ("rules-out", "withdrawn{since}"),
    "not-approved": ("rules-out", "not approved for anyone{since}, and no off-label practice is named"),
    "investigational": ("caution", "trial only{since}: not approved, studied in trials"),
    "off-label": ("caution", "off label{since}"),
    "unknown": ("caution", "approval status not known{since}"),
}
"""What an availability status does by itself, and where its first day stands in the words; the other statuses do
nothing. Trial-only and off-label options are never ruled out for want of approval (decision 20)."""


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """What one statement comes to for one patient: it holds (`reason`), or it cannot be told (`missing`)."""

    weight: int
    reason: Reason | None = None
    missing: tuple[str, ...] = ()


def weight(effect: str, truth: Truth) -> int:
    """What one criterion makes of the verdict, as a place in VERDICTS; the heaviest one decides.

    A rules-out that holds is heaviest, then one that may hold; then a caution or reason against that holds. What only
    may be a caution weighs nothing, and reasons for never do.
    """
    true, false = truth
    if effect == "rules-out":
        return RULED_OUT if true else FITS if false else CANNOT_TELL
    return CAUTION if true and effect != "supports" else FITS


def verdict(effects: Iterable[tuple[str, Truth]]) -> str:
    """`ruled-out` if a rules-out holds; `cannot-tell` if one may; `caution` if a caution or reason against holds."""
    return VERDICTS[max((weight(effect, truth) for effect, truth in effects), default=FITS)]
