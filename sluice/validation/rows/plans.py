"""What type each column of text has: guessed from the first rows, proved on every row.

A type that fails one value is not taken. So a guess costs nothing where it holds; where it does
not, every type that the column might have is counted on all of its values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Final

from sluice.contracts.dataset import ColumnType, Reading
from sluice.validation.rows.candidates import (
    CANDIDATES,
    OF_TYPE,
    is_code,
    is_exponent_code,
    storage_of,
)
from sluice.validation.rows.columns import Misfits, TextColumns
from sluice.validation.rows.readings import Spelled, of_format, readings_of
from sluice.validation.scanner.interface import Storage
from sluice.validation.scanner.tallies import Answer

NEARLY: Final = 0.9
"""Share of a column's values that a type must hold for to be worth a word when it fails."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """How the text of a column is to be stored."""

    id: str
    """c1, c2, …, as in `TypedColumn`."""
    place: int
    """The column's, from 0."""
    candidate: str | None
    """The type that its values are read as, a key of `CANDIDATES` or `SPELLED`; None: it stays
    text."""
    is_sure: bool = True
    """False: the first rows do not settle it, and every row has to be asked."""
    odd: Misfits | None = None
    """As in `TypedColumn`."""
    unstated: Misfits | None = None
    """As in `TypedColumn`."""
    kind: ColumnType | None = None
    """As in `TypedColumn`: nothing in the column is read as another type, or as missing."""
    reading: Reading | None = None
    """How its text is written; None: the plain way."""
    spelled: tuple[Spelled, ...] = ()
    """The readings that the first rows allow, where no plain type holds for them."""
    doubtful: tuple[Reading, ...] = ()
    """As in `TypedColumn`."""
    codes: bool = False
    """As in `TypedColumn`."""

    @property
    def storage(self) -> Storage:
        """The SQL type of the stored values."""
        if self.kind == "image":
            return "BLOB"
        return storage_of(self.candidate)


def guess_types(text: TextColumns) -> list[Plan]:
    """A plan for each column, by the sample."""
    return [_guess(text, place) for place in range(len(text.names))]


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What every row is asked at once: by column the types, and one reading."""

    asked: tuple[tuple[str, ...], ...]
    readings: tuple[Reading | None, ...]


def questions(text: TextColumns, plans: Sequence[Plan]) -> Iterator[Question]:
    """What to ask every row, one question after another; of columns without a plan, nothing.

    The first asks for the plain types that are worth it; each asks for one reading of a column
    that may have several.
    """
    by_place = {plan.place: plan for plan in plans}
    worth = {place: tuple(_worth(text, place, text.values(place))) for place in by_place}
    spelled = [by_place[at].spelled if at in by_place else () for at in range(len(text.names))]
    rounds = list(zip_longest(*spelled)) or [(None,) * len(spelled)]
    for number, ones in enumerate(rounds):
        asked = [
            (*(worth.get(at, ()) if number == 0 else ()), *((one.kind,) if one else ()))
            for at, one in enumerate(ones)
        ]
        yield Question(
            asked=tuple(asked), readings=tuple(one.reading if one else None for one in ones)
        )


def settle_types(
    text: TextColumns, plans: Sequence[Plan], answers: Mapping[int, Sequence[Answer]]
) -> list[Plan]:
    """The same plans, each with the first type that holds for every value of its column; answers
    are by the column's place, one a question."""
    return [_settle(text, plan, answers[plan.place]) for plan in plans]


def with_late_marks(plan: Plan) -> Plan:
    """The plan of a column whose first rows are plain numbers and whose later ones are not: they
    may have marks of thousands, as 1,234.50 has behind 950.00."""
    if plan.candidate not in ("integer", "number"):
        return plan
    return replace(plan, spelled=(Spelled(kind="figure", reading=Reading(thousands=",")),))


def _guess(text: TextColumns, place: int) -> Plan:
    column = f"c{place + 1}"
    if text.kinds:
        return Plan(id=column, place=place, candidate=None, kind=text.kinds[place])
    values = text.values(place)
    is_open = "date" in text.candidates[place]
    if is_open and place not in text.stated and is_exponent_code(values):
        return Plan(id=column, place=place, candidate=None, codes=True)
    different = set(values)
    worth = [] if is_code(values) and place not in text.stated else _worth(text, place, values)
    whole = [c for c in worth if all(map(CANDIDATES[c].looks.fullmatch, different))]
    spelled = () if whole else _spelled(text, place, values)
    if len(spelled) == 1:
        return _as_spelled(Plan(id=column, place=place, candidate=None, spelled=spelled))
    is_sure = not spelled and (not worth or bool(values and whole and "decimal-comma" not in worth))
    candidate = whole[0] if whole and is_sure else None
    return Plan(id=column, place=place, candidate=candidate, is_sure=is_sure, spelled=spelled)


def _as_spelled(plan: Plan) -> Plan:
    """The plan with its only reading."""
    (one,) = plan.spelled
    return replace(plan, candidate=one.kind, reading=one.reading, is_sure=True)


def _spelled(text: TextColumns, place: int, values: Sequence[str]) -> tuple[Spelled, ...]:
    """The readings that hold for the first values; of a stated type, those that are of it."""
    form = text.formats[place] if text.formats else None
    if form:
        return (of_format(form),)
    kind = text.types[place] if text.types else None
    if kind and not OF_TYPE[kind]:
        return ()
    if "date" not in text.candidates[place] and not kind:
        return ()
    decimal, thousands = text.marks[place] if text.marks else (None, None)
    found = readings_of(
        values,
        decimal=decimal or text.decimal,
        thousands=thousands or text.thousands,
        may_have_comma="number" in text.candidates[place] or kind == "number",
    )
    if not kind:
        return found
    stored = {CANDIDATES[candidate].storage for candidate in OF_TYPE[kind]}
    return tuple(one for one in found if storage_of(one.kind) in stored)


def _worth(text: TextColumns, place: int, values: Sequence[str]) -> Sequence[str]:
    """The candidates that nearly all of the first values look like, or that are stated."""
    if place in text.stated:
        return text.candidates[place]
    often = Counter(values)
    return [
        name
        for name in text.candidates[place]
        if sum(n for value, n in often.items() if CANDIDATES[name].looks.fullmatch(value))
        >= NEARLY * len(values)
    ]


def _settle(text: TextColumns, plan: Plan, answers: Sequence[Answer]) -> Plan:
    plain = answers[0]
    present = plain.present
    plan = replace(plan, candidate=None, reading=None, is_sure=True)
    holds = [c for c in CANDIDATES if present and plain.fits.get(c) == present]
    ambiguous = (
        "decimal-comma" in holds
        and "number" in text.candidates[plan.place]
        and plain.thousands == plain.commas > 0
    )
    if ambiguous:
        return replace(plan, doubtful=(Reading(decimal=","), Reading(thousands=",")))
    if holds:
        reading = Reading(decimal=",") if holds[0] == "decimal-comma" else None
        return replace(plan, candidate=holds[0], reading=reading)
    fitting = [
        one
        for one, answer in zip(plan.spelled, answers, strict=False)
        if present and answer.fits.get(one.kind) == present
    ]
    if len(fitting) == 1:
        return _as_spelled(replace(plan, spelled=tuple(fitting)))
    if fitting:
        return replace(plan, doubtful=tuple(one.reading for one in fitting))
    return _unsettled(text, plan, answers)


def _unsettled(text: TextColumns, plan: Plan, answers: Sequence[Answer]) -> Plan:
    """A column that stays text, and what nearly holds for it."""
    present = answers[0].present
    nearly = {
        kind: (fits, answer.first_unlike[kind])
        for answer in answers
        for kind, fits in answer.fits.items()
        if NEARLY * present <= fits < present
    }
    best = max(nearly, key=lambda kind: nearly[kind][0], default="")
    odd = _misfits(best, present - nearly[best][0], nearly[best][1]) if best else None
    unstated = None
    if plan.place in text.stated and answers[0].unlike_all:
        kind = text.candidates[plan.place][0]
        unstated = _misfits(kind, answers[0].unlike_all, answers[0].first_unlike_all)
    return replace(plan, odd=odd, unstated=unstated)


def _misfits(kind: str, values: int, first_row: int) -> Misfits:
    return Misfits(kind=kind, values=values, first_row=first_row)
