"""What type each column of text has: guessed from the first rows, proved on every row.

A type that fails one value is not taken. So a guess costs nothing where it holds; where it does
not, every type that the column might have is counted on all of its values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sluice.contracts.dataset import ColumnType
from sluice.validation.rows.candidates import CANDIDATES, is_code
from sluice.validation.rows.columns import Misfits, TextColumns
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
    """The type that its values are read as, a key of `CANDIDATES`; None: it stays text."""
    is_sure: bool = True
    """False: the first rows do not settle it, and every row has to be asked."""
    odd: Misfits | None = None
    """As in `TypedColumn`."""
    unstated: Misfits | None = None
    """As in `TypedColumn`."""
    kind: ColumnType | None = None
    """As in `TypedColumn`: nothing in the column is read as another type, or as missing."""

    @property
    def storage(self) -> Storage:
        """The SQL type of the stored values."""
        if self.kind == "image":
            return "BLOB"
        return CANDIDATES[self.candidate].storage if self.candidate else "VARCHAR"


def guess_types(text: TextColumns) -> list[Plan]:
    """A plan for each column, by the sample."""
    return [_guess(text, place) for place in range(len(text.names))]


def questions(text: TextColumns, plans: Sequence[Plan]) -> list[tuple[str, ...]]:
    """By column the types worth asking every row about; none where no plan is given."""
    asked: list[tuple[str, ...]] = [()] * len(text.names)
    for plan in plans:
        asked[plan.place] = tuple(_worth(text, plan.place, text.values(plan.place)))
    return asked


def settle_types(
    text: TextColumns, plans: Sequence[Plan], answers: Mapping[int, Answer]
) -> list[Plan]:
    """The same plans, each with the first type that holds for every value of its column; answers
    are by the column's place."""
    return [_settle(text, plan, answers[plan.place]) for plan in plans]


def _guess(text: TextColumns, place: int) -> Plan:
    column = f"c{place + 1}"
    if text.kinds:
        return Plan(id=column, place=place, candidate=None, kind=text.kinds[place])
    values = text.values(place)
    different = set(values)
    worth = [] if is_code(values) and place not in text.stated else _worth(text, place, values)
    whole = [c for c in worth if all(map(CANDIDATES[c].looks.fullmatch, different))]
    is_sure = not worth or bool(values and whole and "decimal-comma" not in worth)
    candidate = whole[0] if whole and is_sure else None
    return Plan(id=column, place=place, candidate=candidate, is_sure=is_sure)


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


def _settle(text: TextColumns, plan: Plan, answer: Answer) -> Plan:
    present = answer.present
    holds = [c for c, fitting in answer.fits.items() if present and fitting == present]
    ambiguous = (
        "decimal-comma" in holds
        and "number" in text.candidates[plan.place]
        and answer.thousands == answer.commas > 0
    )
    if holds and not ambiguous:
        return replace(plan, candidate=holds[0], is_sure=True)
    nearly = {c: n for c, n in answer.fits.items() if NEARLY * present <= n < present}
    best = max(nearly, key=lambda c: nearly[c], default="")
    odd = _misfits(best, present - nearly[best], answer.first_unlike[best]) if best else None
    unstated = None
    if plan.place in text.stated and answer.unlike_all:
        kind = text.candidates[plan.place][0]
        unstated = _misfits(kind, answer.unlike_all, answer.first_unlike_all)
    return replace(plan, candidate=None, is_sure=True, odd=odd, unstated=unstated)


def _misfits(kind: str, values: int, first_row: int) -> Misfits:
    return Misfits(kind=kind, values=values, first_row=first_row)
