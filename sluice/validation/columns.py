"""What type each column has: guessed from the first rows, proved on every row.

A type that fails one value is not taken. So a guess costs nothing where it holds; where it does
not, every type that the column might have is counted on all of its values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sluice.contracts.dataset import ColumnType
from sluice.validation.candidates import CANDIDATES, THOUSANDS, Storage, cleaned
from sluice.validation.reading import Raw, batches

if TYPE_CHECKING:
    import duckdb

CODES: Final = 0.05
"""Share of zeros in front from which digits are a code, and not numbers of which some are odd."""
NEARLY: Final = 0.9
"""Share of a column's values that a type must hold for to be worth a word when it fails."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Typed:
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
    odd: tuple[str, int] | None = None
    """A type that nearly holds, and for how many values: `("number", 995)`."""
    was: str = ""
    """Parquet: the type in the file, where the dataset stores another."""
    kind: ColumnType | None = None
    """What it is, where the drop's format leaves no doubt."""

    @property
    def odd_row(self) -> str:
        """SQL that is true for the staged values that break the type that nearly holds."""
        if self.odd is None:
            raise ValueError(f"column {self.name!r} is of one type")
        return breaks(self.id, self.odd[0])


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
    is_plain: bool = False
    """Whether all values are taken to be written in the usual way, none missing by its spelling and
    none padded. That is cheap to hold against each of them, and dear to be wrong about."""
    odd: tuple[str, int] | None = None
    """As in `Typed`."""
    kind: ColumnType | None = None
    """As in `Typed`: nothing in the column is read as another type, or as missing."""

    @property
    def storage(self) -> Storage:
        """Of the staged values."""
        if self.kind == "image":
            return "BLOB"
        return CANDIDATES[self.candidate].storage if self.candidate else "VARCHAR"


def guesses(raw: Raw) -> list[Plan]:
    """A plan a column, by the first rows."""
    return [_guess(raw, place) for place in range(len(raw.names))]


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What every row is asked of some columns; goes to other processes."""

    missing: tuple[str, ...]
    worth: dict[str, list[str]]
    """By column: the candidates that it may have."""


def question(raw: Raw, plans: Sequence[Plan]) -> Question:
    """How many values fit each type that a column might have."""
    return Question(missing=raw.missing, worth={plan.id: _worth(raw, plan.place) for plan in plans})


def settled(
    raw: Raw, plans: Sequence[Plan], asked: Question, counts: Mapping[str, Mapping[str, int]]
) -> list[Plan]:
    """The same plans, each with the first type that holds for every value of its column."""
    return [_decided(raw, plan, asked.worth[plan.id], counts[plan.id]) for plan in plans]


def breaks(text: str, candidate: str) -> str:
    """SQL that is true for the texts that the candidate does not hold for."""
    return f"{text} IS NOT NULL AND {CANDIDATES[candidate].holds_for(text)} IS NOT TRUE"


def _guess(raw: Raw, place: int) -> Plan:
    column = f"c{place + 1}"
    if raw.kinds:
        return Plan(id=column, place=place, candidate=None, kind=raw.kinds[place])
    values = _sample(raw, place)
    worth = [] if is_code(values) else _worth(raw, place)
    whole = [c for c in worth if all(map(CANDIDATES[c].looks.fullmatch, values))]
    is_sure = not worth or bool(values and whole and "decimal-comma" not in worth)
    candidate = whole[0] if whole and is_sure else None
    written = [row[place] for row in raw.sample if len(row) == len(raw.names) and row[place]]
    is_plain = written == values and (candidate is None or CANDIDATES[candidate].plainly != "false")
    return Plan(
        id=column, place=place, candidate=candidate, is_sure=is_sure, is_plain=is_plain and is_sure
    )


def is_code(values: Sequence[str]) -> bool:
    """Digits, not a few with zeros in front, such as zip codes: no number would keep them."""
    padded = sum(value[0] == "0" and len(value) > 1 for value in values)
    return padded > CODES * len(values) and all(map(str.isdecimal, values))


def _worth(raw: Raw, place: int) -> list[str]:
    """The candidates that nearly all of the first values look like."""
    values = _sample(raw, place)
    return [
        name
        for name in raw.may_be[place]
        if sum(bool(CANDIDATES[name].looks.fullmatch(value)) for value in values)
        >= NEARLY * len(values)
    ]


def _sample(raw: Raw, place: int) -> list[str]:
    values = [row[place].strip() for row in raw.sample if len(row) == len(raw.names)]
    return [value for value in values if value and value not in raw.missing]


def _decided(raw: Raw, plan: Plan, worth: list[str], count: Mapping[str, int]) -> Plan:
    present = count["present"]
    holds = [c for c in worth if present and count[c] == present]
    is_stated = "number" not in raw.may_be[plan.place]
    ambiguous = (
        "decimal-comma" in holds and not is_stated and count["thousands"] == count["comma"] > 0
    )
    if holds and not ambiguous:
        return Plan(id=plan.id, place=plan.place, candidate=holds[0])
    nearly = [c for c in worth if present and NEARLY * present <= count[c] < present]
    best = max(nearly, key=lambda c: count[c], default=None)
    return Plan(
        id=plan.id, place=plan.place, candidate=None, odd=(best, count[best]) if best else None
    )


def counts_of(
    con: duckdb.DuckDBPyConnection, relation: str, asked: Question
) -> dict[str, dict[str, int]]:
    """For every column how many values are `present`, and fit each candidate.

    Some columns at a time: an expression holds 32 KiB for each of its parts while it runs.
    """
    counts: dict[str, dict[str, int]] = {}
    for batch in batches(list(asked.worth)):
        terms: dict[tuple[str, str], str] = {}
        for column in batch:
            terms[column, "present"] = f"count({column})"
            for name in asked.worth[column]:
                fits = CANDIDATES[name].holds_for(column)
                terms[column, name] = f"count(*) FILTER ({fits})"
            if "decimal-comma" in asked.worth[column]:
                thousands = THOUSANDS.format(v=column)
                terms[column, "thousands"] = f"count(*) FILTER ({thousands})"
                terms[column, "comma"] = f"count(*) FILTER (contains({column}, ','))"
        clean = ", ".join(f"{cleaned(c, asked.missing)} AS {c}" for c in batch)
        found = con.execute(
            f"SELECT {', '.join(terms.values())} FROM (SELECT {clean} FROM {relation})"
        ).fetchall()[0]
        for (column, name), value in zip(terms, found, strict=True):
            counts.setdefault(column, {})[name] = value
    return counts
