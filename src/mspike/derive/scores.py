"""Staging systems and scales as files (`knowledge/data/scores/`), evaluated over what is known of a patient.

Nothing unknown is read as absent: a stage is given when it holds whatever the unknown items are, and else the stages
that are still possible, with the items that are missing. The items of each file are such that three-valued logic
gives the same as trying every possibility: stages by items are monotone in them, points add up over independent
quantities.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

import msgspec

from mspike.derive.intervals import at_least, at_most, more_than, number_words, span_words, tri_and, tri_not, tri_or
from mspike.knowledge.model import Score, ScoreItem, ScoreStage
from mspike.record import Number, Tri


class Known(msgspec.Struct, frozen=True):
    """What the record says of one quantity that a score looks at. `value` None: not known, and `words` say why."""

    name: str
    value: Number | bool | None = None
    words: str = ""
    at: tuple[str, ...] = ()
    assumed: bool = False
    """A named policy made it known."""

    def __str__(self) -> str:
        return self.words or self.name


class Outcome(msgspec.Struct, frozen=True):
    stage: str | None
    """None: more than one is possible."""
    possible: tuple[str, ...]
    because: str
    at: tuple[str, ...] = ()
    assumed: bool = False
    points: Number | None = None


def evaluate_score(score: Score, given: Mapping[str, Known]) -> Outcome:
    """The stage of a score. `given`: quantity → what is known of it; one that is missing is unknown."""
    return _evaluated(score, tuple([given.get(item.of) for item in score.items.values()]))


@lru_cache(maxsize=4_096)
def _evaluated(score: Score, known: tuple[Known | None, ...]) -> Outcome:
    """`known`: of each item's quantity. Of most patients little is, and the same: it is said once."""
    items = score.items.values()
    found = {name: _holds(item, of_it) for (name, item), of_it in zip(score.items.items(), known, strict=True)}
    quantities = {item.of: of_it or Known(item.of) for item, of_it in zip(items, known, strict=True)}
    return _by_points(score, found, quantities) if _has_points(score) else _by_items(score, found, quantities)


def _has_points(score: Score) -> bool:
    return score.stages[0].from_points is not None


def _holds(item: ScoreItem, known: Known | None) -> Tri:
    value = known.value if known else None
    if value is None or isinstance(value, bool):
        return value
    if item.at_least is not None:
        return at_least(value, item.at_least)
    if item.above is not None:
        return more_than(value, item.above)
    if item.below is not None:
        return tri_not(at_least(value, item.below))
    return None if item.at_most is None else at_most(value, item.at_most)


def _by_points(score: Score, found: Mapping[str, Tri], quantities: Mapping[str, Known]) -> Outcome:
    """Of several levels of one quantity the highest counts; over quantities the points add up."""
    counted: dict[str, str] = {}
    open_to: dict[str, float] = {}
    for name, item in score.items.items():
        if found[name] and (item.of not in counted or item.points > score.items[counted[item.of]].points):
            counted[item.of] = name
        if found[name] is not False:
            open_to[item.of] = max(open_to.get(item.of, 0.0), item.points)
    low = sum(score.items[name].points for name in counted.values())
    points = Number(low, sum(open_to.values()))
    names = [stage.stage for stage in score.stages]
    possible = tuple(names[_reached(score.stages, points.low) : _reached(score.stages, points.high) + 1])
    parts = [f"{score.items[name].points:g} for {quantities[of]}" for of, name in counted.items()]
    unsure = [of for of, most in open_to.items() if most > (score.items[counted[of]].points if of in counted else 0)]
    nothing = [str(known) for of, known in quantities.items() if of not in counted and of not in unsure]
    words = [f"{_points_words(points)}" + (f": {', '.join(parts)}" if parts else "")]
    words += [f"nothing for {', '.join(nothing)}"] if nothing else []
    used = [known for of, known in quantities.items() if of in counted or of not in unsure]
    stage = possible[0] if len(possible) == 1 else None
    tail = _limit_words(score, stage) if stage else [f"{_or(possible)} possible"]
    because = "; ".join([*words, *_untold(stage, (quantities[of] for of in unsure)), *tail, *_recalled(score, found)])
    return Outcome(stage, possible, because, _places(used), any(k.assumed for k in used), points)


def _reached(stages: tuple[ScoreStage, ...], points: float) -> int:
    reached = [place for place, stage in enumerate(stages) if (stage.from_points or 0.0) <= points]
    return reached[-1]


def _points_words(points: Number) -> str:
    single = points.low == points.high == 1
    return span_words(points) + (" point" if single else " points")


def _limit_words(score: Score, stage: str) -> list[str]:
    limits = {entry.stage: entry.from_points or 0.0 for entry in score.stages}
    return [f"{stage} from {number_words(limits[stage])}"] if limits[stage] else []


def _by_items(score: Score, found: Mapping[str, Tri], quantities: Mapping[str, Known]) -> Outcome:
    truths = [(stage, _stage_holds(stage, found)) for stage in score.stages]
    sure = [stage for stage, truth in truths if truth]
    if sure:
        telling = [name for stage in sure for group in stage.all for name in group if found[name]]
        if telling:
            items = [score.items[name] for name in dict.fromkeys(telling)]
            used = [quantities[item.of] for item in items]
            words = [f"{quantities[item.of]}{_beside(item)}" for item in items]
            because = "; ".join((*words, *_recalled(score, found, telling)))
            return Outcome(sure[0].stage, (sure[0].stage,), because, _places(used), any(k.assumed for k in used))
        return _told(score, (sure[0].stage,), found, quantities, ())
    unsettled = [stage for stage, truth in truths if truth is None]
    possible = tuple(sorted({stage.stage for stage in unsettled} | {score.otherwise}))
    missing = {score.items[name].of for stage in unsettled for name in _open(stage, found)}
    return _told(score, possible, found, quantities, missing)


def _told(
    score: Score,
    possible: tuple[str, ...],
    found: Mapping[str, Tri],
    quantities: Mapping[str, Known],
    missing: Iterable[str],
) -> Outcome:
    """An outcome that rests on all that is known, not on single items."""
    stage = possible[0] if len(possible) == 1 else None
    unknown = {item.of for name, item in score.items.items() if found[name] is None}
    told = [known for of, known in quantities.items() if of not in unknown]
    partly = [known for of, known in quantities.items() if of in unknown and known.value is not None]
    words = ["; ".join(map(str, told + partly))] if told or partly else []
    left = unknown if stage else set(missing)
    open_ = (known for of, known in quantities.items() if of in left and (stage is None or known.value is None))
    tail = _neither(score, stage) if stage else [f"{_or(possible)} possible"]
    because = "; ".join((*words, *_untold(stage, open_), *tail))
    used = told + partly
    return Outcome(stage, possible, because, _places(used), any(known.assumed for known in used))


def _neither(score: Score, stage: str) -> list[str]:
    names = sorted({entry.stage for entry in score.stages})
    return [f"neither {' nor '.join(names)}"] if stage == score.otherwise and len(names) > 1 else []


def _stage_holds(stage: ScoreStage, found: Mapping[str, Tri]) -> Tri:
    groups = [tri_or(found[name] for name in group) for group in stage.all]
    return tri_and((*groups, tri_not(tri_or(found[name] for name in stage.none))))


def _open(stage: ScoreStage, found: Mapping[str, Tri]) -> Iterator[str]:
    """The unknown items on which a stage hangs."""
    groups = [group for group in stage.all if tri_or(found[name] for name in group) is None]
    yield from (name for group in (*groups, stage.none) for name in group if found[name] is None)


def _beside(item: ScoreItem) -> str:
    """The limit of an item, to stand beside the value."""
    sides = (("from", item.at_least), ("above", item.above), ("under", item.below), ("at most", item.at_most))
    return next((f", {side} {limit:g} {item.unit}" for side, limit in sides if limit is not None and item.unit), "")


def _untold(stage: str | None, unknown: Iterable[Known]) -> list[str]:
    """What is not known: on which it hangs, or whatever it is."""
    names = list(unknown)
    if not names:
        return []
    if stage is None:
        return [f"not known: {', '.join(map(str, names))}"]
    return [f"whatever {_and(tuple(known.name for known in names))} may be"]


def _recalled(score: Score, found: Mapping[str, Tri], names: Iterable[str] | None = None) -> list[str]:
    deciding = score.items if names is None else names
    recalled = any(score.items[name].recalled and found[name] is not False for name in deciding)
    return ["limits recalled, not read at the source"] if recalled else []


def _places(known: Iterable[Known]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(place for entry in known for place in entry.at))


def _or(names: tuple[str, ...]) -> str:
    return " or ".join(names) if len(names) < 3 else f"{', '.join(names[:-1])} or {names[-1]}"


def _and(names: tuple[str, ...]) -> str:
    return " and ".join(names) if len(names) < 3 else f"{', '.join(names[:-1])} and {names[-1]}"
