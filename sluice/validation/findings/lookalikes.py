"""Columns of text that look like something else: said, because a model will see words in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sluice.cells import as_number
from sluice.contracts.dataset import Finding
from sluice.contracts.spec_lines import column_line
from sluice.validation.findings.facts import MeasuredRows
from sluice.validation.findings.spellings import as_missing, may_state_missing
from sluice.validation.formats.source import Source
from sluice.validation.rows.candidates import is_code
from sluice.validation.rows.table import first_rows
from sluice.validation.wording import counted, listed, shown

LOOKED_AT: Final = 1_000
"""Values of a column, from the first rows; what is said of them is said of these."""
TOO_LONG: Final = 64
"""Characters that no number, date or time has."""
MOSTLY: Final = 0.5
MOST_SPELLINGS: Final = 3
"""Of a missing value, that a remedy lists."""
IN_QUOTES: Final = "numbers-in-quotes"
"""The code of the finding that a column of text holds numbers, as "12" in JSON is one."""

_INTEGER = r"[+-]?(0|[1-9]\d*)"
_NUMBER = re.compile(rf"{_INTEGER}(\.\d*)?([eE][+-]?\d+)?|[+-]?\.\d+")
COMMA = re.compile(rf"{_INTEGER},\d+")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:([,' \u00a0\u202f]\d{3})+(\.\d+)?|(\.\d{3})+(,\d+)?)")
_INFINITE = re.compile(r"[+-]?inf(inity)?|[+-]?∞", re.IGNORECASE)
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})")
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?")
_ZONED = re.compile(_TIMESTAMP.pattern + r"(Z|[+-]\d\d:?\d\d)")

Values = Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Look:
    """What a text may look like, and what to say of a column that does."""

    code: str
    fits: Callable[[str], object]
    says: Callable[[Values, Values, str, Source], tuple[str, str] | None]
    """From the values that fit, those that do not, the column's name and the drop: a message and a
    remedy, or nothing."""


def _dates(fitting: Values, others: Values, name: str, source: Source) -> tuple[str, str] | None:
    pairs = [(int(m[1]), int(m[2])) for m in map(_DAY.fullmatch, fitting) if m]
    day_first = any(a > 12 for a, _ in pairs)
    month_first = any(b > 12 for _, b in pairs)
    if day_first and month_first:
        what = "dates in mixed order, day first and month first"
    elif day_first or month_first:
        what = f"dates that begin with the {'day' if day_first else 'month'}"
    else:
        what = "dates that may begin with the day or with the month; nothing in them tells"
    return f"looks like {what}, such as {shown(fitting[0])}", "Write dates as 2024-01-31."


def _zones(fitting: Values, others: Values, name: str, source: Source) -> tuple[str, str] | None:
    zoned = [v for v in fitting if _ZONED.fullmatch(v)]
    plain = [v for v in fitting if not _ZONED.fullmatch(v)]
    if not zoned or not plain:
        return None
    return (
        f"holds times with a zone ({shown(zoned[0])}) and without one ({shown(plain[0])})",
        "Write all of them with their zone, or none.",
    )


def _numbers(fitting: Values, others: Values, name: str, source: Source) -> tuple[str, str] | None:
    infinite = [v for v in fitting if _INFINITE.fullmatch(v)]
    if infinite:
        return (
            f"looks like numbers, some of them infinite ({shown(infinite[0])})",
            "Leave infinite values empty, or write a bound instead.",
        )
    grouped = [v for v in fitting if _THOUSANDS.fullmatch(v) and not _NUMBER.fullmatch(v)]
    commas = [v for v in fitting if COMMA.fullmatch(v) and not _THOUSANDS.fullmatch(v)]
    points = [v for v in fitting if _NUMBER.fullmatch(v) and "." in v]
    if commas and points:
        return (
            f"looks like numbers of two kinds, {shown(commas[0])} and {shown(points[0])}",
            "Write decimals in one way.",
        )
    if grouped:
        return (
            f"looks like numbers with marks between thousands, such as {shown(grouped[0])}",
            f"State them: {column_line(name, type='number', thousands=_mark(grouped[0]))}.",
        )
    if commas and not others and len(commas) == len(fitting):
        return (
            f"looks like numbers with a decimal comma, such as {shown(commas[0])}",
            f"State it: {column_line(name, type='number', decimal=',')}.",
        )
    if not others:
        return None
    if any(letter.isdigit() for text in others for letter in text):
        return (
            f"is a number in {len(fitting):,} of "
            f"{counted(len(fitting) + len(others), 'value')} looked at; the others are "
            f"{listed(sorted(set(others)), 3)}",
            "Write all of its values in one way, as plain numbers if that is what they are.",
        )
    return (
        f"is a number in {len(fitting):,} of {counted(len(fitting) + len(others), 'value')} looked "
        f"at; the others are {listed(sorted(set(others)), 3)}",
        f"If they mean that a value is missing, leave it empty{_or_stated(others, source)}.",
    )


def _mark(text: str) -> str:
    """What stands between the thousands of a number; of several marks the first."""
    mark = next(letter for letter in text if not letter.isdigit() and letter not in "+-")
    return " " if mark.isspace() else mark


def _or_stated(others: Values, source: Source) -> str:
    """How to state the few spellings of a missing value among numbers."""
    spellings = sorted(set(others))
    if len(spellings) > MOST_SPELLINGS or not may_state_missing(source):
        return ""
    return f", or {as_missing(source, spellings)}"


def _in_quotes(
    fitting: Values, others: Values, name: str, source: Source
) -> tuple[str, str] | None:
    if others:
        return None
    return (
        f"holds numbers that are written as texts, such as {shown(fitting[0])}",
        f"If they are numbers and no names: {column_line(name, type='number')}.",
    )


def _is_number(text: str) -> object:
    return (
        _NUMBER.fullmatch(text)
        or COMMA.fullmatch(text)
        or _THOUSANDS.fullmatch(text)
        or _INFINITE.fullmatch(text)
    )


_LOOKS = (
    _Look(code="looks-like-dates", fits=_DAY.fullmatch, says=_dates),
    _Look(
        code="mixed-zones",
        fits=lambda text: _TIMESTAMP.fullmatch(text) or _ZONED.fullmatch(text),
        says=_zones,
    ),
    _Look(code=IN_QUOTES, fits=lambda text: as_number(text) is not None, says=_in_quotes),
    _Look(code="looks-like-numbers", fits=_is_number, says=_numbers),
)


def lookalikes(rows: MeasuredRows) -> list[Finding]:
    """A warning for each column of text that mostly looks like numbers, dates or times."""
    data = rows.table
    texts = [
        c
        for c in data.columns
        if c.storage == "VARCHAR"
        and c.kind is None
        and c.odd is None
        and c.present
        and not c.doubtful
        and not c.codes
    ]
    findings = []
    first = first_rows(rows.con, data, texts, LOOKED_AT, TOO_LONG) if texts else []
    for column, found in zip(texts, zip(*first, strict=True), strict=True):
        values = [value for value in found if value is not None]
        if is_code(values):
            continue
        for look in _LOOKS:
            fits = {v: bool(look.fits(v)) for v in set(values)}
            fitting = [v for v in values if fits[v]]
            said = len(fitting) > MOSTLY * len(values) and look.says(
                fitting, [v for v in values if not fits[v]], column.name, rows.source
            )
            if said:
                message, remedy = said
                what = f"Column {shown(column.name)} {message}; all of it is kept as text."
                findings.append(
                    Finding(
                        severity="warn",
                        code=look.code,
                        message=what,
                        remedy=remedy,
                        column=column.name,
                    )
                )
                break
    return findings
