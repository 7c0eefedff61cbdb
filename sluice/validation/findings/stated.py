"""The columns that `schema:` in sluice.yaml states: taken as stated, and every row held to them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sluice.contracts.dataset import ColumnType
from sluice.contracts.spec import StatedColumn, StatedSchema
from sluice.validation.formats.source import Source
from sluice.validation.profile.measure import FEW_VALUES, Summary
from sluice.validation.refusals import Refused
from sluice.validation.rows.candidates import CANDIDATES, OF_TYPE
from sluice.validation.rows.columns import TypedColumn
from sluice.validation.rows.sql import literal
from sluice.validation.rows.table import Table, first_row
from sluice.validation.wording import counted, listed, shown

if TYPE_CHECKING:
    import duckdb

_NUMBERS = ("BIGINT", "DOUBLE")
_ORDERED = (*_NUMBERS, "DATE", "TIMESTAMP")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Rule:
    column: TypedColumn
    broken: str
    """SQL that is true for the values that break it."""
    what: str
    """`is not allowed`, `is above 10`: what follows the value in a sentence."""


def check_stated(raw: Source, stated: StatedSchema) -> None:
    """Refuse a drop without a column that sluice.yaml states, or images where there are none."""
    for name in stated.columns:
        if name not in raw.names:
            close = difflib.get_close_matches(name, raw.names, n=1)
            raise Refused(
                "unknown-column",
                f"{_source(raw)}: sluice.yaml states the column {shown(name)} under `schema`, and "
                "there is no such column.",
                remedy=f"Did you mean {shown(close[0])}?"
                if close
                else f"There are {listed(list(raw.names))}.",
                column=name,
            )
    # Only files of archives are images, which is known before any row is read.
    images = {raw.content.kind} if raw.content and raw.content.kind == "image" else set()
    for name in raw.names:
        if stated.columns.get(name, StatedColumn()).type == "image" and name not in images:
            raise Refused(
                "stated-type",
                f"{_source(raw)}: sluice.yaml states that the column {shown(name)} is of type "
                "image, and it holds no images.",
                remedy="Correct the type under `schema`, or drop the images themselves, in an "
                "archive with one folder a class.",
                column=name,
            )


def hold_rows(
    con: duckdb.DuckDBPyConnection, raw: Source, data: Table, stated: StatedSchema
) -> None:
    """Refuse the drop for the first column with values outside of what is stated of it."""
    for column in data.columns:
        wanted = stated.columns.get(column.name)
        if wanted is None:
            continue
        if column.unstated:
            rows, first = column.unstated.values, column.unstated.first_row
            what = f"is no {wanted.type}, which sluice.yaml states"
            raise _outside(raw, column, rows, *first_row(con, data, f"n = {first}", column), what)
        for rule in _rules(raw, column, wanted):
            _hold(con, raw, data, rule)
        if wanted.unique:
            _hold_unique(con, raw, data, column)


def stated_type(
    column: TypedColumn, summary: Summary, found: ColumnType, stated: StatedSchema
) -> ColumnType:
    """The type of a feature: the stated one, where its values are stored as such."""
    kind = stated.columns.get(column.name, StatedColumn()).type
    if kind is None or column.storage not in _storages(kind):
        return found
    if kind == "category" and summary.distinct > FEW_VALUES:
        raise Refused(
            "stated-type",
            f"The column {shown(column.name)} is stated as a category and has "
            f"{summary.distinct:,} different values; at most {FEW_VALUES:,} are taken.",
            remedy="State it as text or identifier, or group its values.",
            column=column.name,
        )
    return kind


def _storages(kind: ColumnType) -> tuple[str, ...]:
    if kind == "image":
        return ("BLOB",)
    return tuple(CANDIDATES[c].storage for c in OF_TYPE[kind]) or ("VARCHAR",)


def _rules(raw: Source, column: TypedColumn, wanted: StatedColumn) -> Iterator[_Rule]:
    value = column.id
    is_stored_so = (
        not wanted.type
        or not column.present
        or column.storage in _storages(wanted.type)
        or (column.storage, wanted.type) == ("BIGINT", "number")
    )
    if not is_stored_so:
        raise Refused(
            "stated-type",
            f"{_source(raw)}: the column {shown(column.name)} is stored as {column.storage}, "
            f"and sluice.yaml states the type {wanted.type}.",
            remedy="Write all of its values alike, or correct the type under `schema`.",
            column=column.name,
        )
    if wanted.nullable is False:
        yield _Rule(column=column, broken=f"{value} IS NULL", what="is missing, and may not be")
    if wanted.range and column.present:
        if column.storage not in _ORDERED:
            raise Refused(
                "stated-range",
                f"{_source(raw)}: sluice.yaml states a range for {shown(column.name)}, whose "
                "values are no numbers, dates or times.",
                remedy="Correct the values, or remove the range.",
                column=column.name,
            )
        for bound, sign, word in zip(wanted.range, "<>", ("below", "above"), strict=True):
            if bound is not None:
                edge = _edge(raw, column, bound)
                what = f"is {word} {bound}, the bound that sluice.yaml states"
                yield _Rule(column=column, broken=f"{value} {sign} {edge}", what=what)
    if wanted.allowed is not None:
        text = f"{value}::VARCHAR"
        values = [literal(str(v)) for v in wanted.allowed]
        if column.storage in _NUMBERS:
            text = value
            values = [f"try_cast({v} AS {column.storage})" for v in values]
        broken = f"{value} IS NOT NULL AND ({text} IN ({', '.join(values)})) IS NOT TRUE"
        what = f"is not among the allowed ({listed([str(v) for v in wanted.allowed])})"
        yield _Rule(column=column, broken=broken, what=what)


def _edge(raw: Source, column: TypedColumn, bound: float | str) -> str:
    if isinstance(bound, str) == (column.storage in _NUMBERS):
        raise Refused(
            "stated-range",
            f"{_source(raw)}: sluice.yaml states the bound {bound!r} for {shown(column.name)}, "
            f"which holds {'numbers' if column.storage in _NUMBERS else 'dates or times'}.",
            remedy="Write bounds as the values are: 10, or 2024-01-31.",
            column=column.name,
        )
    return f"{literal(bound)}::TIMESTAMP" if isinstance(bound, str) else repr(bound)


def _hold(con: duckdb.DuckDBPyConnection, raw: Source, data: Table, rule: _Rule) -> None:
    broken = f"SELECT n, {rule.column.id} FROM {data.relation} WHERE {rule.broken}"
    _refuse_first(con, raw, rule.column, broken, rule.what)


def _hold_unique(
    con: duckdb.DuckDBPyConnection, raw: Source, data: Table, column: TypedColumn
) -> None:
    i = column.id
    value = f"md5({i})" if column.storage == "BLOB" else i
    _refuse_first(
        con,
        raw,
        column,
        f"SELECT n, {i} FROM (SELECT n, {value} AS {i}, "
        f"row_number() OVER (PARTITION BY {value} ORDER BY n) AS k "
        f"FROM {data.relation} WHERE {i} IS NOT NULL) WHERE k > 1",
        "stands in an earlier row too, and sluice.yaml states that it is unique",
    )


def _refuse_first(
    con: duckdb.DuckDBPyConnection, raw: Source, column: TypedColumn, broken: str, what: str
) -> None:
    """Refuse where the query `broken` (row number, value) has rows, naming the first."""
    rows, first, value = con.execute(
        f"SELECT count(*), min(n), arg_min({column.id}, n) FROM ({broken})"
    ).fetchall()[0]
    if rows:
        raise _outside(raw, column, rows, first, value, what)


def _outside(
    raw: Source, column: TypedColumn, rows: int, first: int, value: object, what: str
) -> Refused:
    """The refusal of `rows` values that are not as stated, the first of them named."""
    where, line = raw.place(first)
    return Refused(
        "outside-schema",
        f"{where}: column {shown(column.name)}: "
        f"{'the value' if value is None else shown(value)} {what}; so it is in "
        f"{counted(rows, 'row')} of {raw.rows:,}.",
        remedy="Correct these rows, or `schema` in sluice.yaml.",
        column=column.name,
        line=line,
    )


def _source(raw: Source) -> str:
    return raw.parts[0].name
