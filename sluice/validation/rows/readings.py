"""How people write numbers and times, guessed from a column's values.

A guess is a `Reading` that holds for every value that is looked at. Where several do and say
different things (01/02/2024; $1,234), all of them are given, and every row has to be asked; where
that leaves more than one, the column stays text, and the drop's owner is asked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from sluice.cells import as_number
from sluice.contracts.dataset import DecimalMark, Reading, ThousandsMark
from sluice.moments import DURATION, as_seconds, by_format, has_time

Kind = Literal["decimal-comma", "figure", "duration", "written-date", "written-timestamp"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Spelled:
    """A type by a reading."""

    kind: Kind
    """As the scanner calls it."""
    reading: Reading


LONGEST: Final = 64
"""Characters that no number and no time has."""

# fmt: off
CURRENCIES: Final = frozenset((
    "USD", "EUR", "GBP", "CHF", "JPY", "CNY", "INR", "CAD", "AUD", "NZD", "SEK", "NOK", "DKK",
    "PLN", "CZK", "HUF", "BRL", "MXN", "ZAR", "KRW", "TRY", "RUB", "SGD", "HKD", "THB", "ILS",
    "kr", "zł", "Kč", "Ft",
))
# fmt: on
"""ISO 4217's codes of what is traded most, and local signs of letters; other signs are Unicode's
category Sc."""

_UNIT: Final = r"[^\d\s.,'()+-]{1,4}"
_FIGURE: Final = re.compile(
    rf"\(?\s*[+-]?\s*(?P<before>{_UNIT})?\s*-?\s*(?P<digits>\d[\d.,' \u00a0\u202f]*|[.,]\d+)"
    rf"\s*(?P<after>{_UNIT})?(?P<behind>-)?\s*\)?"
)
_MARKS: Final[tuple[tuple[DecimalMark, ThousandsMark], ...]] = (
    (".", ""),
    (",", ""),
    (".", ","),
    (",", "."),
    (".", " "),
    (",", " "),
    (".", "'"),
)
"""Decimal point and mark of thousands, in the order in which they are preferred."""


def readings_of(
    values: Sequence[str],
    *,
    decimal: str | None = None,
    thousands: str | None = None,
    may_have_comma: bool = False,
) -> tuple[Spelled, ...]:
    """The readings that hold for all values, of those that differ in what they say.

    `decimal` and `thousands` are what sluice.yaml states of numbers; `may_have_comma` is whether
    1,5 may be a number that no plain type reads.
    """
    different = sorted(set(values))
    if not different or max(map(len, different)) > LONGEST:
        return ()
    if all(as_seconds(value) is not None for value in different):
        return (Spelled(kind="duration", reading=Reading(format=DURATION)),)
    return _figures(different, decimal, thousands, may_have_comma) or _times(different)


def of_format(form: str) -> Spelled:
    """The reading of a stated format."""
    kind: Kind = "written-timestamp" if has_time(form) else "written-date"
    return Spelled(kind="duration" if form == DURATION else kind, reading=Reading(format=form))


# ---- numbers ----


def _figures(
    values: Sequence[str], decimal: str | None, thousands: str | None, may_have_comma: bool
) -> tuple[Spelled, ...]:
    matches = [_FIGURE.fullmatch(value) for value in values]
    if not all(matches):
        return ()
    units = {m[side] for m in matches if m for side in ("before", "after") if m[side]}
    if len(units) > 1 or not all(map(_is_unit, units)):
        return ()
    unit = next(iter(units), "")
    is_bookkept = any(v.endswith("-") or v.startswith("(") for v in values)
    marks = {mark for m in matches if m for mark in ".,' " if mark in _plain(m["digits"]).strip()}
    found: dict[tuple[float | None, ...], Spelled] = {}
    for point, group in _MARKS:
        if (decimal not in (None, point)) or (thousands not in (None, group) and group):
            continue
        if group and group not in marks and group != thousands:
            continue
        if thousands == point or (thousands and not group):
            continue
        reading = Reading(decimal=point, thousands=group, unit=unit, is_bookkept=is_bookkept)
        is_comma = point == "," and not reading.is_figure and may_have_comma
        if not reading.is_figure and not is_comma:
            continue
        said = tuple(as_number(value, reading) for value in values)
        if None not in said:
            kind: Kind = "decimal-comma" if is_comma else "figure"
            found.setdefault(said, Spelled(kind=kind, reading=reading))
    grouped_only = not unit and not is_bookkept and thousands is None
    if grouped_only and marks <= {" "}:
        # 12 345 may be a number in groups, or a code: only a unit or sluice.yaml tells.
        return ()
    return tuple(found.values())


def _plain(digits: str) -> str:
    return digits.replace("\u00a0", " ").replace("\u202f", " ")


def _is_unit(text: str) -> bool:
    """Whether numbers with it are amounts or shares; other units are said, and not read."""
    is_sign = unicodedata.category(text[-1]) == "Sc" and len(text) <= 3
    return text == "%" or text in CURRENCIES or is_sign


# ---- times ----

_SEPARATED: Final = [
    f"{form[0]}{mark}{form[1]}{mark}{form[2]}"
    for mark in "-/."
    for form in (
        ("%Y", "%m", "%d"),
        ("%d", "%m", "%Y"),
        ("%m", "%d", "%Y"),
        ("%d", "%m", "%y"),
        ("%m", "%d", "%y"),
        ("%y", "%m", "%d"),
        ("%d", "%b", "%Y"),
        ("%d", "%b", "%y"),
        ("%Y", "%b", "%d"),
    )
]
DAYS: Final = (
    *_SEPARATED,
    *("%d %b %Y", "%d %b %y", "%b %d, %Y", "%b %d %Y", "%d. %b %Y", "%Y %b %d"),
    *("%Y-%m", "%Y/%m", "%m/%Y", "%m-%Y", "%b %Y", "%b-%Y", "%G-W%V"),
)
"""Formats of days that are looked for. Months and weeks are their first day."""
PLAUSIBLE: Final = range(1800, 2101)
"""Years of a guess: 1150-07 is a licence, and no month. What is stated may be of any year."""
_JOINERS: Final = (" ", "T", ", ")
_CLOCKS: Final = (
    *("%H:%M:%S", "%H:%M", "%H:%M:%S.%f"),
    *("%I:%M:%S %p", "%I:%M %p", "%I:%M:%S%p", "%I:%M%p"),
)
_ZONES: Final = ("", " %Z", "%z", " %z", "%Z")
_CLOCK_BEGINS: Final = re.compile(r"(?:, |[T ] *)\d{1,2}:\d\d")


def _times(values: Sequence[str]) -> tuple[Spelled, ...]:
    forms = [form for form in _forms(values[0]) if _fits_all(values, form)]
    # What two formats say alike is one reading: 2024-01-05 10:00Z is read by %z as by %Z.
    found: dict[tuple[object, ...], Spelled] = {}
    for form in forms:
        found.setdefault(tuple(by_format(value, form) for value in values), of_format(form))
    return tuple(found.values())


def _forms(value: str) -> Iterator[str]:
    clock = _CLOCK_BEGINS.search(value)
    day = value[: clock.start()] if clock else value
    days = [form for form in DAYS if by_format(day, form) is not None]
    if not clock:
        yield from days
        return
    for form in days:
        for joiner in _JOINERS:
            for time in _CLOCKS:
                for zone in _ZONES:
                    whole = f"{form}{joiner}{time}{zone}"
                    if by_format(value, whole) is not None:
                        yield whole


def _fits_all(values: Sequence[str], form: str) -> bool:
    moments = [by_format(value, form) for value in values]
    return all(at is not None and at.year in PLAUSIBLE for at in moments)
