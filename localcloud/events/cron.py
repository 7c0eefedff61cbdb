"""Schedule expressions: `rate(5 minutes)` and `cron(0 12 ? * MON-FRI *)`.

Pure. AWS's six cron fields are minutes, hours, day of month, month, day of week (1 = Sunday) and
year, in UTC (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html).
The characters L, W and # are not there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)$")
_CRON = re.compile(r"cron\((.+)\)$")
_UNIT = {"minute": 60, "hour": 3600, "day": 86400}
_MONTH_NAMES = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC"
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES.split(" "), 1)}
_DAY_NAMES = "SUN MON TUE WED THU FRI SAT"
_DAYS = {name: number for number, name in enumerate(_DAY_NAMES.split(" "), 1)}
_BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (1, 7), (1970, 2199))


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """Every so many seconds."""

    seconds: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Cron:
    """At the minutes that all six sets hold."""

    fields: tuple[frozenset[int], ...]

    def matches(self, at: datetime) -> bool:
        """Whether the minute of `at` (UTC) is one of them."""
        sunday_first = at.isoweekday() % 7 + 1
        values = (at.minute, at.hour, at.day, at.month, sunday_first, at.year)
        return all(v in allowed for v, allowed in zip(values, self.fields, strict=True))


def parse(expression: str) -> Rate | Cron:
    """The schedule; `ValueError` names what is wrong, `NotImplementedError` what is not there."""
    if found := _RATE.match(expression):
        return Rate(seconds=int(found[1]) * _UNIT[found[2]])
    if found := _CRON.match(expression):
        parts = found[1].split()
        if len(parts) != 6:
            raise ValueError(f"{expression} has {len(parts)} fields; AWS's cron has six.")
        names: tuple[dict[str, int], ...] = ({}, {}, {}, _MONTHS, _DAYS, {})
        zipped = zip(parts, _BOUNDS, names, strict=True)
        return Cron(fields=tuple(_field(*field) for field in zipped))
    raise ValueError(f"{expression!r} is neither rate(…) nor cron(…).")


def _field(text: str, bounds: tuple[int, int], names: dict[str, int]) -> frozenset[int]:
    chosen: set[int] = set()
    for part in text.upper().split(","):
        span, _, step = part.partition("/")
        if span in ("*", "?"):
            first, last = bounds
        else:
            low, _, high = span.partition("-")
            first = _number(low, names)
            last = _number(high, names) if high else (bounds[1] if step else first)
        if not bounds[0] <= first <= last <= bounds[1]:
            raise ValueError(f"{part} in a cron expression is outside {bounds[0]}-{bounds[1]}.")
        chosen.update(range(first, last + 1, int(step or 1)))
    return frozenset(chosen)


def _number(text: str, names: dict[str, int]) -> int:
    if text in names:
        return names[text]
    if not text.isdigit():
        raise NotImplementedError(f"{text!r} in a cron expression is not there offline.")
    return int(text)
