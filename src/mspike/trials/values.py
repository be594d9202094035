"""What a record says on its day, by the names that a rule of a trial uses. A value that is too old is unknown."""

from __future__ import annotations

import datetime as dt
import math

from mspike.derive import FactValue, State, leaf_truth
from mspike.knowledge import Expr, Truth, load_match_rules
from mspike.record import Measurement, Number, Record, in_upper_limits


class Values:
    """Facts of the state, and the latest measurements where the table of rules asks for them."""

    def __init__(self, state: State, record: Record) -> None:
        table = load_match_rules()
        self._facts: dict[str, FactValue] = {name: fact.value for name, fact in state.facts.items()}
        self.old: dict[str, str] = {}
        """Fact → why its value does not count as of now."""
        for limit in table.numbers.values():
            fact = state.facts.get(limit.fact)
            if limit.days is not None and fact is not None and fact.date is not None:
                self._drop_old(limit.fact, fact.date.last, state.as_of, limit.days)
        for name, spec in table.measured.items():
            days = [dt.date.min]
            self._facts[name] = _worst(record, spec.tests, name.endswith("_xuln"), state.as_of, days)
            if spec.days is not None and days[-1] != dt.date.min:
                self._drop_old(name, days[-1], state.as_of, spec.days)

    def _drop_old(self, name: str, day: dt.date, as_of: dt.date, most: int) -> None:
        if self._facts.get(name) is not None and (age := (as_of - day).days) > most:
            self._facts[name] = None
            self.old[name] = f"the last value is {age} days old"

    def of(self, name: str) -> FactValue:
        return self._facts.get(name)

    def truth(self, leaf: Expr) -> Truth:
        """Of a leaf; unknown where the record does not say."""
        return leaf_truth(leaf, self._facts.get(leaf[1]))


def _worst(
    record: Record, tests: tuple[str, ...], upper_limits: bool, as_of: dt.date, days: list[dt.date]
) -> Number | None:
    """The highest of the latest results; open upwards where a test was not done. `days` gets their oldest day."""
    found: list[Number] = []
    dates: list[dt.date] = []
    for test in tests:
        done = [m for m in record.measurements if m.test == test and m.date.last <= as_of]
        if latest := max(done, key=lambda m: m.date.last, default=None):
            value = _result(latest, upper_limits)
            if value is not None:
                found.append(value)
                dates.append(latest.date.last)
    if not found:
        return None
    days.append(min(dates))
    top = max(found, key=lambda number: number.high)
    low = max(found, key=lambda number: number.low)
    if len(found) < len(tests):
        return Number(low.low, math.inf, low.open_low)
    return Number(low.low, top.high, low.open_low, top.open_high)


def _result(measurement: Measurement, upper_limits: bool) -> Number | None:
    if upper_limits:
        return in_upper_limits(measurement)
    return None if measurement.unit == "xULN" else measurement.value
