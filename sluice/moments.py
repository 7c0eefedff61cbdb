"""Days, moments and durations as texts tell them: in ISO 8601, or by a column's own format.

A part of the one reading of a cell (`cells.py`). Moments have no zone here: they are in UTC where
one is written.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

from sluice.contracts.dataset import PLAIN, Reading

_ISO_DATE: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_ISO_TIME: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_FARTHEST_HOURS: Final = 15


def as_date(text: str, reading: Reading = PLAIN) -> date | None:
    """A day; None where the text is none, by the column's format or ISO 8601."""
    if reading.format:
        found = by_format(text, reading.format)
        return None if found is None else found.date()
    match = _ISO_DATE.fullmatch(text)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def as_timestamp(text: str, reading: Reading = PLAIN) -> datetime | None:
    """A moment without its zone: in UTC, where one is written; None where the text is none."""
    if reading.format:
        return by_format(text, reading.format)
    match = _ISO_TIME.fullmatch(text)
    if match is None:
        # A day alone is its beginning.
        day = as_date(text)
        return None if day is None else datetime.combine(day, datetime.min.time())
    written, hour, minute, second, fraction, zone = match.groups()
    try:
        at = datetime.combine(date.fromisoformat(written), datetime.min.time()).replace(
            hour=int(hour),
            minute=int(minute),
            second=int(second or 0),
            microsecond=int((fraction or "").ljust(6, "0") or 0),
        )
        return at if zone in (None, "Z") else at - _offset(zone)
    except (ValueError, OverflowError):
        return None


def _offset(zone: str) -> timedelta:
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    if hours > _FARTHEST_HOURS or minutes > 59:
        raise ValueError(zone)
    offset = timedelta(hours=hours, minutes=minutes)
    return -offset if zone[0] == "-" else offset


def as_seconds(text: str) -> float | None:
    """Seconds of a duration such as 25:05:00 or -0:01:30.5; None where the text is none."""
    match = _DURATION.fullmatch(text)
    if match is None or int(match["min"]) > 59 or int(match["sec"]) > 59:
        return None
    whole = int(match["h"]) * 3600 + int(match["min"]) * 60 + int(match["sec"])
    micros = int((match["part"] or "").ljust(6, "0") or 0)
    seconds = (whole * 1_000_000 + micros) / 1e6
    return -seconds if match["minus"] else seconds


DURATION_PATTERN: Final = (
    r"(?P<minus>-)?(?P<h>[0-9]{1,6}):(?P<min>[0-9]{2}):(?P<sec>[0-9]{2})(?:\.(?P<part>[0-9]{1,6}))?"
)
_DURATION: Final = re.compile(DURATION_PATTERN)

MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
"""English names, which a format's %b and %B read in full or by their first three letters."""

_FIELDS: Final = {
    "Y": r"(?P<Y>[0-9]{4})",
    "y": r"(?P<y>[0-9]{2})",
    "m": r"(?P<m>[0-9]{1,2})",
    "d": r"(?P<d>[0-9]{1,2})",
    "b": r"(?P<b>[A-Za-z]{3,9})\.?",
    "H": r"(?P<H>[0-9]{1,2})",
    "I": r"(?P<I>[0-9]{1,2})",
    "M": r"(?P<M>[0-9]{2})",
    "S": r"(?P<S>[0-9]{2})",
    "f": r"(?P<f>[0-9]{1,6})",
    "p": r"(?P<p>[AaPp])\.?[Mm]\.?",
    "Z": r"(?:UTC|GMT|Z)",
    "z": r"(?P<z>Z|[+-][0-9]{2}:?[0-9]{2})",
    "G": r"(?P<G>[0-9]{4})",
    "V": r"(?P<V>[0-9]{2})",
}
"""What each directive of a format reads; the others of strptime are not taken."""

_DIGITS: Final = frozenset("YymdHIMSfGV")
"""Directives that read digits."""

_NO_CENTURY: Final = range(36, 70)
"""Years of two digits of which nobody can say the century: 45 is a birth, or a bond's end."""

DURATION: Final = "%H:%M:%S"
"""The format of durations, the only one without a date: hours may be more than 23."""


def check_format(form: str) -> str | None:
    """Why `form` cannot be read by, as the end of a sentence; None where it can."""
    directives = re.findall(r"%(.?)", form)
    if not directives:
        return "it has no directive such as %d or %Y"
    names = ["b" if d == "B" else d for d in directives]
    if unknown := [d for d in names if d not in _FIELDS and d != "%"]:
        return f"%{unknown[0]} is not read; there are %{', %'.join(sorted(_FIELDS))}"
    if len(set(names)) < len(names):
        return "a directive stands in it twice"
    has = set(names)
    if any(mark.isspace() and mark != " " for mark in form) or re.search(r"\d", form):
        return "it holds a digit, or blank space that is no space"
    if re.search(r"%[bB][A-Za-z]", form):
        return "a letter follows the month's name"
    if form != DURATION and not (has & {"Y", "y"} and has & {"m", "b"}) and not has >= {"G", "V"}:
        return "it tells no year and month"
    if "I" in has and "p" not in has:
        return "%I needs %p"
    return None


def has_time(form: str) -> bool:
    """Whether a format tells more than the day."""
    return bool(re.search(r"%[HI]", form))


@lru_cache(maxsize=4096)
def _pattern(form: str) -> re.Pattern[str]:
    return re.compile(pattern_of(form))


def pattern_of(form: str) -> str:
    """What a text of a format looks like, each directive in a group of its name."""
    pieces = [piece for piece in re.split(r"(%.| +)", form) if piece]
    return "".join(map(_piece, pieces, [*pieces[1:], ""]))


def _piece(piece: str, following: str) -> str:
    """The expression of one piece of a format: digits that touch others are written in full."""
    if piece[0] == " ":
        return " +"
    if piece[0] != "%" or len(piece) == 1:
        return re.escape(piece)
    name = "b" if piece[1] == "B" else piece[1]
    if name == "%":
        return "%"
    field = _FIELDS[name]
    if following[:1] == "%" and following[1:] in _DIGITS:
        return re.sub(r"\{1,([0-9])\}", r"{\1}", field)
    return field.removesuffix(r"\.?") if following.startswith(".") else field


def by_format(text: str, form: str) -> datetime | None:
    """The moment that a text tells by a format of strptime's directives; what it does not tell is
    the first: of the month, of the day. None where the text is not of the format.

    Two digits of a year are 1970 to 2035, and of none between; a month's name is English.
    """
    match = _pattern(form).fullmatch(text) if text.isascii() else None
    if match is None:
        return None
    found = match.groupdict()
    try:
        at = _day(found)
        hour = _hour(found)
        at += timedelta(
            hours=hour,
            minutes=_within(found.get("M"), 59),
            seconds=_within(found.get("S"), 59),
            microseconds=int((found.get("f") or "").ljust(6, "0") or 0),
        )
        zone = found.get("z")
        return at if zone in (None, "Z") else at - _offset(zone)
    except (ValueError, OverflowError):
        return None


def _day(found: dict[str, str | None]) -> datetime:
    if found.get("G"):
        return datetime.fromisocalendar(int(found["G"] or 0), int(found.get("V") or 0), 1)
    year = int(found.get("Y") or found.get("y") or 0)
    if not found.get("Y"):
        if year in _NO_CENTURY:
            raise ValueError(year)
        year += 2000 if year < _NO_CENTURY.start else 1900
    name = found.get("b")
    month = int(found.get("m") or 0)
    if name:
        low = name.lower()
        month = 1 + next(
            (at for at, full in enumerate(MONTHS) if low in (full, full[:3], _sept(full))), 99
        )
    return datetime(year, month, int(found.get("d") or 1))  # noqa: DTZ001 - cells have no zone


def _sept(month: str) -> str:
    return "sept" if month == "september" else month


def _hour(found: dict[str, str | None]) -> int:
    if found.get("I"):
        hour = int(found["I"] or 0)
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        return hour % 12 + (12 if (found.get("p") or "").lower() == "p" else 0)
    return _within(found.get("H"), 23)


def _within(digits: str | None, most: int) -> int:
    number = int(digits or 0)
    if number > most:
        raise ValueError(number)
    return number
