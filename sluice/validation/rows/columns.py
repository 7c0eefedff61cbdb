"""What type each column has: guessed from the first rows, proved on every row.

A type that fails one value is not taken. So a guess costs nothing where it holds; where it does
not, every type that the column might have is counted on all of its values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sluice.contracts.dataset import ColumnType
from sluice.contracts.spec import StatedColumn, StatedSchema
from sluice.validation.rows.candidates import CANDIDATES, MISSING, OF_TYPE, Storage
from sluice.validation.scanner.scan import Answer

CODES: Final = 0.05
"""Share of zeros in front from which digits are a code, and not numbers of which some are odd."""
NEARLY: Final = 0.9
"""Share of a column's values that a type must hold for to be worth a word when it fails."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TextColumns:
    """The columns of delimited text, before the type of any is settled."""

    names: tuple[str, ...]
    candidates: tuple[tuple[str, ...], ...]
    """By column, the names of the `CANDIDATES` that it may have."""
    sample: tuple[tuple[str, ...], ...] = ()
    """The first rows; one that does not parse may have too few fields, or too many."""
    missing: tuple[str, ...] = MISSING
    """Spellings of a missing value."""
    kinds: tuple[ColumnType, ...] = ()
    """What each column is, where the format says so: it is then kept as it came, an image out of
    base64. None where the values have to tell."""
    stated: frozenset[int] = frozenset()
    """Places (from 0) of the columns that may have no other type because sluice.yaml says so."""

    def stated_as(self, schema: StatedSchema) -> TextColumns:
        """The same columns, those with a stated type with no other candidates."""
        types = [schema.columns.get(name, StatedColumn()).type for name in self.names]
        candidates = tuple(
            OF_TYPE[kind] if kind else own for own, kind in zip(self.candidates, types, strict=True)
        )
        stated = frozenset(at for at, kind in enumerate(types) if kind and OF_TYPE[kind])
        return replace(self, candidates=candidates, stated=stated)

    def values(self, place: int) -> list[str]:
        """What the column holds in the sample, missing values left out; `place` is from 0."""
        rows = [row for row in self.sample if len(row) == len(self.names)]
        values = [row[place].strip() for row in rows]
        return [value for value in values if value and value not in self.missing]


@dataclass(frozen=True, kw_only=True, slots=True)
class Unlike:
    """Values that are not of a type."""

    kind: str
    """A key of `CANDIDATES`."""
    values: int
    first_row: int
    """From 1."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TypedColumn:
    """One column as it is staged, and later written."""

    id: str
    """c1, c2, …: its name inside of SQL."""
    name: str
    storage: Storage
    present: int = 0
    spelled: int = 0
    """Values written as one of `MISSING`, or as blank space."""
    trimmed: int = 0
    """Texts that had spaces around them."""
    odd: Unlike | None = None
    """The few values that break a type which holds for nearly all."""
    unstated: Unlike | None = None
    """Values that are not of the type that sluice.yaml states."""
    was: str = ""
    """Parquet: the type in the file, where the dataset stores another."""
    kind: ColumnType | None = None
    """What it is, where the drop's format leaves no doubt."""

    @property
    def place(self) -> int:
        """Among the staged columns, from 0."""
        return int(self.id[1:]) - 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """How the text of a column will be staged."""

    id: str
    place: int
    """From 0."""
    candidate: str | None
    """A key of `CANDIDATES`; None: it stays text."""
    is_sure: bool = True
    """False: the first rows do not settle it, and every row has to be asked."""
    odd: Unlike | None = None
    unstated: Unlike | None = None
    kind: ColumnType | None = None
    """As in `TypedColumn`: nothing in the column is read as another type, or as missing."""

    @property
    def storage(self) -> Storage:
        """Of the staged values."""
        if self.kind == "image":
            return "BLOB"
        return CANDIDATES[self.candidate].storage if self.candidate else "VARCHAR"


def guesses(text: TextColumns) -> list[Plan]:
    """A plan a column, by the first rows."""
    return [_guess(text, place) for place in range(len(text.names))]


def question(text: TextColumns, plans: Sequence[Plan]) -> list[tuple[str, ...]]:
    """For every column of the drop the types worth asking about; none for those not in doubt."""
    asked: list[tuple[str, ...]] = [()] * len(text.names)
    for plan in plans:
        asked[plan.place] = tuple(_worth(text, plan.place, text.values(plan.place)))
    return asked


def settled(text: TextColumns, plans: Sequence[Plan], answers: Mapping[int, Answer]) -> list[Plan]:
    """The same plans, each with the first type that holds for every value of its column; answers
    are by the column's place."""
    return [_decided(text, plan, answers[plan.place]) for plan in plans]


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


def is_code(values: Sequence[str]) -> bool:
    """Digits, not a few with zeros in front, such as zip codes: no number would keep them."""
    padded = sum(value[0] == "0" and len(value) > 1 for value in values)
    return padded > CODES * len(values) and all(map(str.isdecimal, values))


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


def _decided(text: TextColumns, plan: Plan, answer: Answer) -> Plan:
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
    odd = _unlike(best, present - nearly[best], answer.first_unlike[best]) if best else None
    unstated = None
    if plan.place in text.stated and answer.unlike_all:
        kind = text.candidates[plan.place][0]
        unstated = _unlike(kind, answer.unlike_all, answer.first_unlike_all)
    return replace(plan, candidate=None, is_sure=True, odd=odd, unstated=unstated)


def _unlike(kind: str, values: int, first_row: int) -> Unlike:
    return Unlike(kind=kind, values=values, first_row=first_row)
