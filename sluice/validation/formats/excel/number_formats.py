"""Whether a number in an Excel cell is a number, a date or a time: by the format it is shown in."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final, Literal

NumberFormat = Literal["number", "padded", "date", "time"]
"""`padded`: a number shown with zeros in front of it."""

GENERAL: Final[NumberFormat] = "number"

BUILT_IN: Final[dict[int, NumberFormat]] = {
    **dict.fromkeys((14, 15, 16, 17, 22, *range(27, 32), 34, 35, 36, *range(50, 59)), "date"),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 45, 46, 47), "time"),
}
"""Formats that are no part of the file (ECMA-376 part 1, 18.8.30)."""

FIRST_DAY: Final = 61
"""1900-03-01. Excel counts a 29th of February 1900, so days before it have no certain date."""

_EPOCH_1900 = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - Excel knows no zones
_EPOCH_1904 = dt.datetime(1904, 1, 1)  # noqa: DTZ001
_LAST_DAY = dt.datetime(9999, 12, 31, 23, 59, 59, 999_000)  # noqa: DTZ001
_MILLISECONDS = 24 * 60 * 60 * 1000

_LITERAL = re.compile(r'"[^"]*"?|\\.|_.|\*.')
_BRACKETS = re.compile(r"\[(?!h+\]|m+\]|s+\])[^\]]*\]", re.IGNORECASE)


def number_format(code: str) -> NumberFormat:
    """What a number format such as `yyyy-mm-dd` shows: its first section, that of positive numbers.

    `m` is months or minutes: on its own and beside days or years it is months.
    """
    plain = _BRACKETS.sub("", _LITERAL.sub("", code)).partition(";")[0].lower()
    if "general" in plain:
        return GENERAL
    letters = set(plain)
    if letters & set("dy"):
        return "date"
    if letters & set("hs"):
        return "time"
    if "m" in letters:
        return "time" if "[m" in plain else "date"
    return "padded" if re.match(r"00", plain.strip()) else GENERAL


def datetime_of(serial: float, *, is_1904: bool) -> dt.datetime | None:
    """The date and time that a count of days stands for, to the millisecond, or None."""
    if not (0 if is_1904 else FIRST_DAY) <= serial < 3_000_000:
        return None
    epoch = _EPOCH_1904 if is_1904 else _EPOCH_1900
    try:
        found = epoch + dt.timedelta(milliseconds=round(serial * _MILLISECONDS))
    except OverflowError:
        return None
    return found if found <= _LAST_DAY else None
