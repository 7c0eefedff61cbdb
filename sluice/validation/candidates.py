"""The types that text can have: what each looks like, when it holds, and how its value is made.

A value is never bent to fit: 007 is no integer, 1,000 no number, 12345678901234567890 no float;
such values stay text, exactly as they were written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from sluice.validation.sql import literal

Storage = Literal["BIGINT", "DOUBLE", "BOOLEAN", "DATE", "TIMESTAMP", "VARCHAR", "BLOB"]
"""The types that the dataset's Parquet files use."""

MISSING: Final = (
    "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "-nan", "NaT", "null", "NULL", "None",
)  # fmt: skip
"""Spellings of a missing value, beside nothing at all: those that pandas and R write."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """One type that text may have. Values are cast once, and held against their own text."""

    storage: Storage
    cast: str
    """SQL expression that makes a value of the text `{v}`, or NULL."""
    holds: str
    """SQL predicate: whether `{t}`, the cast of `{v}`, is what the text says, no more, no less."""
    plainly: str
    """A cheaper predicate that is true for most texts that hold, and for no other."""
    looks: re.Pattern[str]
    """What every text for which it holds looks like; more may."""

    def holds_for(self, text: str) -> str:
        """SQL predicate over an expression of text."""
        return f"({self.holds.format(v=text, t=self.cast.format(v=text))})"

    def value_of(self, text: str) -> str:
        """SQL: the value of an expression of text, NULL where it does not hold."""
        return f"(CASE WHEN {self.holds_for(text)} THEN {self.cast.format(v=text)} END)"


# ':' follows '9', so these are the texts that begin with a zero and another digit.
_ZEROS = " OR ".join(f"{{v}} BETWEEN '{sign}00' AND '{sign}0:'" for sign in ("", "-", "+"))
_EXACT = "abs({t}) < 9007199254740992"
# Longer ones have more digits than a float holds.
_LARGE = "(strlen({v}) <= 18 AND regexp_matches({v}, '[.eE]'))"
# 1e-400 is no zero; five characters cannot be so small.
_NO_UNDERFLOW = (
    "CASE WHEN {t} <> 0 OR strlen({v}) <= 5 THEN true "
    "ELSE NOT regexp_matches({v}, '^[^eE]*[1-9]') END"
)
# +4915112345678 is called, not counted.
_WELL_WRITTEN = (
    f"NOT ({_ZEROS}) AND NOT contains({{v}}, '_') "
    "AND NOT (starts_with({v}, '+') AND strlen({v}) > 7 AND NOT contains({v}, '.'))"
)
_MOMENT = (
    "[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[T ][0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}(\\.[0-9]{{1,6}})?)?"
)
_ZONE = "(Z|[+-][0-9]{{2}}:?[0-9]{{2}})"

CANDIDATES: Final = {
    "integer": Candidate(
        storage="BIGINT",
        cast="try_cast({v} AS BIGINT)",
        holds="{t}::VARCHAR = {v}",
        plainly="{t}::VARCHAR = {v}",
        looks=re.compile(r"0|-?[1-9]\d*"),
    ),
    "number": Candidate(
        storage="DOUBLE",
        cast="try_cast({v} AS DOUBLE)",
        holds=f"isfinite({{t}}) AND ({_EXACT} OR {_LARGE}) AND {_WELL_WRITTEN} AND {_NO_UNDERFLOW}",
        plainly=f"{_EXACT} AND {_WELL_WRITTEN} AND {_NO_UNDERFLOW}",
        looks=re.compile(r"[+-]?((0|[1-9]\d*)(\.\d*)?|\.\d+)([eE][+-]?\d+)?"),
    ),
    "decimal-comma": Candidate(
        storage="DOUBLE",
        cast="try_cast(replace({v}, ',', '.') AS DOUBLE)",
        holds="regexp_full_match({v}, '[+-]?(0|[1-9][0-9]*)(,[0-9]+)?') AND isfinite({t})",
        plainly="false",
        looks=re.compile(r"[+-]?\d+(,\d+)?"),
    ),
    "boolean": Candidate(
        storage="BOOLEAN",
        cast="(lower({v}) = 'true')",
        holds="lower({v}) IN ('true', 'false')",
        plainly="lower({v}) IN ('true', 'false')",
        looks=re.compile(r"true|false", re.IGNORECASE),
    ),
    "date": Candidate(
        storage="DATE",
        cast="try_cast({v} AS DATE)",
        holds="strlen({v}) = 10 AND {t}::VARCHAR = {v}",
        plainly="strlen({v}) = 10 AND {t}::VARCHAR = {v}",
        looks=re.compile(r"\d{4}-\d\d-\d\d"),
    ),
    "timestamp": Candidate(
        storage="TIMESTAMP",
        cast="try_cast({v} AS TIMESTAMP)",
        holds=f"regexp_full_match({{v}}, '{_MOMENT}') AND {{t}} IS NOT NULL AND {{v}} >= '0001'",
        plainly="strlen({v}) = 19 AND {t}::VARCHAR = {v}",
        looks=re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.]*"),
    ),
    "instant": Candidate(
        storage="TIMESTAMP",
        cast="try_cast({v} AS TIMESTAMPTZ)::TIMESTAMP",
        holds=f"regexp_full_match({{v}}, '{_MOMENT}{_ZONE}') AND year({{t}}) BETWEEN 1 AND 9999",
        plainly="false",
        looks=re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*"),
    ),
}
"""In the order in which they are preferred. `instant` carries its zone and becomes UTC."""

THOUSANDS = "regexp_full_match({v}, '[+-]?[1-9][0-9]{{0,2}}(,[0-9]{{3}})+')"


def is_padded(column: str) -> str:
    """SQL predicate: spaces stand around the text."""
    return f"(starts_with({column}, ' ') OR ends_with({column}, ' '))"


def without_spaces(column: str) -> str:
    """The text without spaces around it; `trim` is dear, and runs only where there are some."""
    return f"(CASE WHEN {is_padded(column)} THEN trim({column}) ELSE {column} END)"


def is_missing(text: str, spellings: tuple[str, ...] = MISSING) -> str:
    """SQL predicate: the text spells a missing value, or is empty.

    One regular expression, not IN, of which DuckDB makes a node for every spelling and column:
    for a thousand columns that is the difference between a second and all memory.
    """
    longest = max((len(spelling.encode()) for spelling in spellings), default=0)
    any_of_them = literal("|".join(["", *map(re.escape, spellings)]))
    fits = f"regexp_full_match({text}, {any_of_them})"
    return f"(CASE WHEN strlen({text}) <= {longest} THEN {fits} ELSE false END)"


def or_missing(text: str, spellings: tuple[str, ...] = MISSING) -> str:
    """NULL where the text spells a missing value."""
    return f"(CASE WHEN {is_missing(text, spellings)} THEN NULL ELSE {text} END)"


def cleaned(column: str, spellings: tuple[str, ...] = MISSING) -> str:
    """Both: what a raw column's value is."""
    return or_missing(without_spaces(column), spellings)
