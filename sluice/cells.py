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

A value is never bent to fit: 007 is no integer, 1,000 no number unless that is stated. This
is the reference, with `moments.py` for dates and times: the scanner reads the same in C
(`validation/scanner/native`), and tests hold the two equal. Standard library and contracts only:
functions and containers import it at every start.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sluice.contracts.dataset import PLAIN, ColumnType, Reading
from sluice.contracts.errors import SluiceError
from sluice.moments import as_date, as_seconds, as_timestamp

MISSING: Final = (
    "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "-nan", "NaT", "null", "NULL", "None", r"\N",
)  # fmt: skip
"""The usual spellings of a missing value: those that pandas, R, MySQL and Hive write."""

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
    if len(text.encode(errors="surrogatepass")) > LONGEST_NUMBER:
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
