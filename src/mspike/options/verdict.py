"""The verdict of an option, from the effects of its criteria. The order of the four is the contract's."""

from __future__ import annotations

from collections.abc import Iterable

from mspike.knowledge import Truth

STATUS_EFFECT = {
    "withdrawn": ("rules-out", "withdrawn"),
    "not-approved": ("rules-out", "not approved for anyone, and no off-label practice is named"),
    "investigational": ("caution", "trial only: not approved, studied in trials"),
    "off-label": ("caution", "off label"),
    "unknown": ("caution", "approval status not known"),
}
"""What an availability status does by itself; the other statuses do nothing. Trial-only and off-label options
are never ruled out for want of approval (decision 20)."""


def verdict(effects: Iterable[tuple[str, Truth]]) -> str:
    """`ruled-out` if a rules-out holds; `cannot-tell` if one may; `caution` if a caution or reason against holds."""
    ruled = may_be_ruled = caution = False
    for effect, (true, false) in effects:
        if effect == "rules-out":
            ruled = ruled or bool(true)
            may_be_ruled = may_be_ruled or not (true or false)
        elif effect != "supports":
            caution = caution or bool(true)
    return "ruled-out" if ruled else "cannot-tell" if may_be_ruled else "caution" if caution else "fits"
