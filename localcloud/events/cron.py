"""Schedule expressions: `rate(5 minutes)` and `cron(0 12 ? * MON-FRI *)`.

Pure. AWS's six cron fields are minutes, hours, day of month, month, day of week (1 = Sunday) and
year, in UTC (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html).
When one comes next is croniter's matter; what AWS refuses is refused here. The character W is not
there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from croniter import CroniterBadDateError, CroniterError, croniter

_RATE: Final = re.compile(r"rate\((\d+) (minute|hour|day)(s?)\)")
_CRON: Final = re.compile(r"cron\((.+)\)")
_UNIT: Final = {"minute": 60, "hour": 3600, "day": 86400}
_DAYS: Final = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
_YEARS: Final = (1970, 2199)
_DAY_OF_MONTH, _DAY_OF_WEEK, _YEAR = 2, 4, 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """Every so many seconds."""

    seconds: int

    def after(self, moment: datetime) -> datetime:
        """When it comes next."""
        return moment + timedelta(seconds=self.seconds)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cron:
    """At certain minutes."""

    fields: str
    """As croniter takes them: minute, hour, day, month, day of week, second, year."""

    def after(self, moment: datetime) -> datetime | None:
        """When it comes next, strictly after `moment`; None where it never does."""
        try:
            found: datetime = croniter(self.fields, moment).get_next(datetime)
        except CroniterBadDateError:
            return None
        return found


def parse(expression: str) -> Rate | Cron:
    """The schedule; `ValueError` says what AWS refuses, `NotImplementedError` what is not there."""
    if found := _RATE.fullmatch(expression):
        count = int(found[1])
        if count == 0 or (count == 1) == bool(found[3]):
            raise ValueError(f"{expression} is no rate: 1 minute, or a larger number of minutes.")
        return Rate(seconds=count * _UNIT[found[2]])
    if found := _CRON.fullmatch(expression):
        return _cron(expression, found[1].upper().split())
    raise ValueError(f"{expression!r} is neither rate(…) nor cron(…).")


def _cron(expression: str, parts: list[str]) -> Cron:
    if len(parts) != 6:
        raise ValueError(f"{expression} has {len(parts)} fields; AWS's cron has six.")
    if (parts[_DAY_OF_MONTH] == "?") == (parts[_DAY_OF_WEEK] == "?"):
        raise ValueError(f"{expression}: one of day-of-month and day-of-week is ?, not both.")
    if "?" in "".join(parts[:_DAY_OF_MONTH] + parts[3:_DAY_OF_WEEK] + parts[_YEAR:]):
        raise ValueError(f"{expression}: ? stands for a day only.")
    if "W" in re.sub("WED", "", parts[_DAY_OF_MONTH]):
        raise NotImplementedError(f"W in {expression} is not there offline.")
    years = [int(year) for year in re.findall(r"\d{3,}", parts[_YEAR])]
    if any(not _YEARS[0] <= year <= _YEARS[1] for year in years):
        raise ValueError(f"{expression}: years are {_YEARS[0]} to {_YEARS[1]}.")
    minute, hour, day, month, week_day, year = (part.replace("?", "*") for part in parts)
    fields = " ".join([minute, hour, day, month, _week_days(week_day), "0", year])
    try:
        croniter(fields)
    except CroniterError as error:
        raise ValueError(f"{expression}: {error}.") from None
    return Cron(fields=fields)


def _week_days(field: str) -> str:
    """AWS counts days of the week from 1 = Sunday, croniter from 0."""

    def named(found: re.Match[str]) -> str:
        number = int(found[0])
        if not 1 <= number <= len(_DAYS):
            raise ValueError(f"{found[0]} is no day of the week: 1 (Sunday) to 7.")
        return _DAYS[number - 1].lower()

    last = re.fullmatch(r"([1-7])L", field)
    if last:
        return f"L{int(last[1]) - 1}"
    head, slash, step = field.partition("/")
    days, hash_, which = head.partition("#")
    return re.sub(r"\d+", named, days) + hash_ + which + slash + step
