"""The one reading of a cell: what a text means, whichever door it comes in by.

A drop, a request, a captured call and a file to predict all hold cells. What such a text stands for
follows from the column's type, its `Reading` and the spellings of a missing value, all of which
stand in `schema.json` and in a model's `signature.json`:

    trimmed            spaces around it do not count; its letters are composed (Unicode's NFC)
    missing            nothing at all, or one of the stated spellings
    integer, number    as JSON and Python write them; else by `Reading.decimal`, `thousands`, `unit`
    boolean            true, false, in any case
    date, timestamp    ISO 8601; else by `Reading.format`
    category, text     the text itself

A value is never bent to fit: 007 is no integer, 1,000 no number unless that is stated. This is the
reference: the scanner reads the same in C (`validation/scanner/native`), and tests hold the two
equal. Standard library and contracts only: functions and containers import it at every start.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from sluice.contracts.dataset import ColumnType, Reading
from sluice.contracts.errors import SluiceError

MISSING: Final = (
    "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "-nan", "NaT", "null", "NULL", "None", r"\N",
)  # fmt: skip
"""The usual spellings of a missing value: those that pandas, R, MySQL and Hive write."""

PLAIN: Final = Reading()
"""Numbers and times as JSON and ISO 8601 write them."""

LONGEST_NUMBER: Final = 512
"""Characters of a number."""

_MOST_WITH_PLUS: Final = 7
"""+4915112345678 is called, not counted."""
_FIRST_INEXACT: Final = 2.0**53
_DOUBLE_DIGITS: Final = 17
"""Digits that tell any two doubles apart."""
_INT64: Final = range(-(2**63), 2**63)

_INTEGER: Final = re.compile(r"0|-?[1-9][0-9]{0,18}")
_NUMBER: Final = re.compile(
    r"[+-]?(?:(?P<whole>[0-9]+)(?P<point>\.)?(?P<part>[0-9]*)|(?P<bare>\.)(?P<only>[0-9]+))"
    r"(?P<exponent>[eE][+-]?[0-9]+)?"
)
_SPACES: Final = str.maketrans({"\N{NO-BREAK SPACE}": " ", "\N{NARROW NO-BREAK SPACE}": " "})
_ISO_DATE: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_ISO_TIME: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_FARTHEST_HOURS: Final = 15


class Misread(SluiceError, ValueError):
    """A cell that is no value of its column."""


def trimmed(text: str) -> str:
    """The text without the spaces around it, its letters composed."""
    text = text.strip(" ")
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def is_missing(text: str, spellings: Sequence[str]) -> bool:
    """Whether a trimmed text stands for a missing value."""
    return not text or text in spellings


# ---- numbers ----


def as_integer(text: str) -> int | None:
    """A whole number within 64 bits; None where the text is none."""
    if not _INTEGER.fullmatch(text):
        return None
    value = int(text)
    return value if value in _INT64 else None


def as_number(text: str, reading: Reading = PLAIN) -> float | None:
    """A finite number; None where the text is none, or where a double would not keep it."""
    if reading.is_figure:
        return as_figure(text, reading)
    if reading.decimal == ",":
        has_sign = text[:1] in ("+", "-")
        if not text[has_sign : has_sign + 1].isdecimal() or not text[-1:].isdecimal():
            return None
        if "." in text or "e" in text.lower():
            return None
        text = text.replace(",", ".", 1)
    return _as_float(text)


def _as_float(text: str) -> float | None:
    if len(text) > LONGEST_NUMBER or not text.isascii() or text[-1:] > "9":
        return None
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    whole, part = found["whole"] or "", found["part"] or found["only"] or ""
    has_point = bool(found["point"] or found["bare"])
    if len(whole) > 1 and whole[0] == "0":
        return None
    if text[0] == "+" and len(text) > _MOST_WITH_PLUS and not has_point:
        return None
    digits = (whole + part).lstrip("0")
    value = float(text)
    if not math.isfinite(value) or (value == 0 and digits):
        return None
    if abs(value) < _FIRST_INEXACT:
        return value
    is_exact = len(digits) <= _DOUBLE_DIGITS and (has_point or found["exponent"])
    return value if is_exact else None


def as_figure(text: str, reading: Reading) -> float | None:
    """A number as people write it: -$1,234.50, 1.234,50 EUR, 1,234.50-, (1,234.50); 5 % is 0.05."""
    if len(text.encode()) > LONGEST_NUMBER:
        return None
    match = _figure(reading).fullmatch(text.translate(_SPACES))
    if match is None or bool(match["open"]) != bool(match["close"]):
        return None
    signs = [match[name] for name in ("open", "sign", "inner", "behind") if match[name]]
    whole, part = match["whole"].replace(reading.thousands or ",", ""), match["part"] or ""
    has_unit = bool(match["before"] or match["after"])
    if len(signs) > 1 or (match["before"] and match["after"]) or not whole + part:
        return None
    if reading.unit == "%" and not has_unit:
        # Beside 22 %, nobody knows whether 0.28 is a share or 0.28 %.
        return None
    value = _as_float(f"{whole}.{part}" if match["part"] is not None else whole)
    if value and reading.unit == "%":
        value /= 100
    return -value if value and signs not in ([], ["+"]) else value


@lru_cache(maxsize=64)
def _figure(reading: Reading) -> re.Pattern[str]:
    return re.compile(figure_pattern(reading))


def figure_pattern(reading: Reading) -> str:
    """What a figure of a reading looks like, its parts in groups; `as_figure` says which of them go
    together."""
    unit, mark = re.escape(reading.unit) or "[^\\s\\S]", re.escape(reading.thousands)
    groups = f"[1-9][0-9]{{0,2}}(?:{mark}[0-9]{{3}})+|" if mark else ""
    return (
        rf"(?P<open>\()? *(?P<sign>[+-])? *(?P<before>{unit})? *(?P<inner>-)?"
        rf"(?P<whole>{groups}[0-9]*)(?:{re.escape(reading.decimal)}(?P<part>[0-9]*))?"
        rf" *(?P<after>{unit})?(?P<behind>-)? *(?P<close>\))?"
    )


def as_boolean(text: str) -> bool | None:
    """True or false; None where the text is neither word."""
    return {"true": True, "false": False}.get(text.lower()) if text.isascii() else None


# ---- times ----


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


# ---- cells ----


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """How the cells of one column are read."""

    type: ColumnType
    reading: Reading = PLAIN
    missing: tuple[str, ...] = MISSING

    def read(self, value: Any) -> Any:
        """The value of a cell: None where it is missing; int, float, bool, str; dates and
        timestamps as ISO 8601 text.

        A text is read by the rules above, all else is taken as JSON gives it. Raises `Misread`.
        """
        if value is None:
            return None
        if isinstance(value, str):
            return self.of_text(value)
        return self._of_value(value)

    def of_text(self, text: str) -> Any:
        """The value of a text; see `read`."""
        text = trimmed(text)
        if is_missing(text, self.missing):
            return None
        reader = _READERS.get(self.type)
        if reader is None:
            return text
        value = reader(text, self.reading)
        if value is None:
            raise Misread(text)
        return value

    def _of_value(self, value: Any) -> Any:
        kind = type(value)
        if self.type in ("integer", "number"):
            if kind is float and math.isfinite(value):
                if self.type == "number" or value.is_integer():
                    return value
            # Beyond a double's range an integer cannot be a feature.
            elif kind is int and value.bit_length() < 1024:
                return value
        elif self.type == "boolean" and kind is bool:
            return value
        raise Misread(value)


def _integer(text: str, reading: Reading) -> int | float | None:
    """A whole number; 5.0 is one too, where a column of them has it."""
    whole = as_integer(text) if reading == PLAIN else None
    if whole is not None:
        return whole
    number = as_number(text, reading)
    return number if number is not None and number.is_integer() else None


def _number(text: str, reading: Reading) -> float | int | None:
    if reading.format:
        return as_seconds(text)
    return as_number(text, reading)


def _date(text: str, reading: Reading) -> str | None:
    day = as_date(text, reading)
    return None if day is None else day.isoformat()


def _timestamp(text: str, reading: Reading) -> str | None:
    at = as_timestamp(text, reading)
    return None if at is None else at.isoformat()


_READERS: Final[dict[str, Callable[[str, Reading], Any]]] = {
    "integer": _integer,
    "number": _number,
    "boolean": lambda text, _: as_boolean(text),
    "date": _date,
    "timestamp": _timestamp,
}
