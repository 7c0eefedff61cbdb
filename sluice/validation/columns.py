"""What type each column has, proved on every row: a type that fails one value is not taken.

Candidates that the first rows rule out are dropped; the others are counted on all rows, in one
scan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sluice.validation.candidates import (
    CANDIDATES,
    THOUSANDS,
    Storage,
    cleaned,
    or_missing,
    without_spaces,
)
from sluice.validation.findings import Refused
from sluice.validation.reading import Raw, batches
from sluice.validation.rejects import refuse_rejects

if TYPE_CHECKING:
    import duckdb

NEARLY = 0.9
"""Share of a column's values that a type must hold for to be worth a word when it fails."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Typed:
    """One column as it will be written."""

    id: str
    """c1, c2, …: its name inside of SQL."""
    name: str
    storage: Storage
    value: str
    """SQL that makes the stored value out of the raw column."""
    present: int
    spelled: int = 0
    """Values written as one of `MISSING`, or as blank space."""
    odd: tuple[str, int] | None = None
    """A type that nearly holds, and for how many values: `("number", 995)`."""
    odd_row: str | None = None
    """SQL that is true for the values that break it."""
    was: str = ""
    """Parquet: the type in the file, where the dataset stores another."""


def typed_columns(con: duckdb.DuckDBPyConnection, raw: Raw) -> list[Typed]:
    """The storage type of every column, after reading every row.

    Raises `Refused` where the parser's rows differ from the independent count.
    """
    if raw.dialect["format"] == "parquet":
        return _native_columns(con, raw)
    ids = [f"c{i}" for i in range(1, len(raw.names) + 1)]
    worth = dict(zip(ids, (_worth(raw, place) for place in range(len(ids))), strict=True))
    rows, counts = _counts(con, raw, worth)
    refuse_rejects(con, raw.parts)
    require_rows(raw, rows)
    columns = []
    for i, name in zip(ids, raw.names, strict=True):
        count = counts[i]
        present, spelled = count["present"], count["written"] - count["present"]
        holds = [c for c in worth[i] if present and count[c] == present]
        is_stated = "number" not in raw.may_be[int(i[1:]) - 1]
        ambiguous = (
            "decimal-comma" in holds and not is_stated and count["thousands"] == count["comma"] > 0
        )
        text = i if present == count["written"] and not count["padded"] else cleaned(i, raw.missing)
        if holds and not ambiguous:
            chosen = CANDIDATES[holds[0]]
            columns.append(
                Typed(
                    id=i,
                    name=name,
                    storage=chosen.storage,
                    value=chosen.value.format(v=text),
                    present=present,
                    spelled=spelled,
                )
            )
            continue
        nearly = [c for c in worth[i] if present and NEARLY * present <= count[c] < present]
        best = max(nearly, key=lambda c: count[c], default=None)
        columns.append(
            Typed(
                id=i,
                name=name,
                storage="VARCHAR",
                value=text,
                present=present,
                spelled=spelled,
                odd=(best, count[best]) if best else None,
                odd_row=breaks(cleaned(i, raw.missing), best) if best else None,
            )
        )
    return columns


def _worth(raw: Raw, place: int) -> list[str]:
    """The candidates that nearly all of the first values look like."""
    values = [row[place].strip() for row in raw.sample if len(row) == len(raw.names)]
    values = [value for value in values if value and value not in raw.missing]
    return [
        name
        for name in raw.may_be[place]
        if sum(bool(CANDIDATES[name].looks.fullmatch(value)) for value in values)
        >= NEARLY * len(values)
    ]


def require_rows(raw: Raw, rows: int) -> None:
    """The safeguard: the parser must have seen as many rows as the bytes hold."""
    if rows != raw.rows:
        where = raw.place(1)[0].rsplit(",", 1)[0]
        raise Refused(
            "rows-differ",
            f"{where}: the parser reads {rows:,} rows where {raw.rows:,} were counted "
            "independently, so some would be lost or made up.",
            remedy="Check quotes and line ends, or export the file again.",
        )


def breaks(clean: str, candidate: str) -> str:
    """SQL that is true for the values of cleaned text that the candidate does not hold for."""
    holds = CANDIDATES[candidate].holds.format(v=clean)
    return f"{clean} IS NOT NULL AND ({holds}) IS NOT TRUE"


def _counts(
    con: duckdb.DuckDBPyConnection, raw: Raw, candidates: dict[str, list[str]]
) -> tuple[int, dict[str, dict[str, int]]]:
    """Rows, and for every column how many values are `written`, `present`, `padded` by spaces,
    and fit each candidate.

    Some columns at a time: an expression holds 32 KiB for each of its parts while it runs.
    """
    counts: dict[str, dict[str, int]] = {}
    rows = 0
    for batch in batches(list(candidates)):
        terms = {("", "rows"): "count(*)"}
        for column in batch:
            terms[column, "written"] = f"count(raw_{column})"
            terms[column, "present"] = f"count({column})"
            terms[column, "padded"] = f"count(*) FILTER (raw_{column} <> bare_{column})"
            for name in candidates[column]:
                fits = CANDIDATES[name].holds.format(v=column)
                terms[column, name] = f"count(*) FILTER ({fits})"
            if "decimal-comma" in candidates[column]:
                thousands = THOUSANDS.format(v=column)
                terms[column, "thousands"] = f"count(*) FILTER ({thousands})"
                terms[column, "comma"] = f"count(*) FILTER (contains({column}, ','))"
        bare = ", ".join(f"{c} AS raw_{c}, {without_spaces(c)} AS bare_{c}" for c in batch)
        clean = ", ".join(
            f"raw_{c}, bare_{c}, {or_missing(f'bare_{c}', raw.missing)} AS {c}" for c in batch
        )
        found = con.execute(
            f"SELECT {', '.join(terms.values())} "
            f"FROM (SELECT {clean} FROM (SELECT {bare} FROM {raw.relation}))"
        ).fetchall()[0]
        for (column, name), value in zip(terms, found, strict=True):
            counts.setdefault(column, {})[name] = value
        rows = counts.pop("")["rows"]
    return rows, counts


def _native_columns(con: duckdb.DuckDBPyConnection, raw: Raw) -> list[Typed]:
    """Parquet: the file's own types, floats that are no numbers taken as missing."""
    plans: list[tuple[str, str, Storage, str, str]] = []
    terms = ["count(*)"]
    for place, (name, kind) in enumerate(zip(raw.names, raw.types, strict=True), start=1):
        i = f"c{place}"
        storage, value = _native(i, kind)
        if kind in ("UBIGINT", "HUGEINT", "UHUGEINT"):
            terms.append(f"coalesce(bool_and(try_cast({i} AS BIGINT) IS NOT NULL), true)")
        else:
            terms.append("true")
        terms += [f"count({i})", f"count({value})"]
        plans.append((i, name, storage, value, kind))
    found = con.execute(f"SELECT {', '.join(terms)} FROM {raw.relation}").fetchall()[0]
    require_rows(raw, found[0])
    columns = []
    for at, (i, name, storage, value, kind) in enumerate(plans):
        fits, written, present = found[1 + 3 * at : 4 + 3 * at]
        if not fits:
            storage, value, present = "VARCHAR", f"{i}::VARCHAR", written
        columns.append(
            Typed(
                id=i,
                name=name,
                storage=storage,
                value=value,
                present=present,
                spelled=written - present,
                was=kind if kind.startswith("DECIMAL") else "",
            )
        )
    return columns


def _native(column: str, kind: str) -> tuple[Storage, str]:
    if kind == "BOOLEAN":
        return "BOOLEAN", column
    if kind in ("FLOAT", "DOUBLE"):
        return "DOUBLE", f"(CASE WHEN isfinite({column}) THEN {column}::DOUBLE END)"
    if kind.startswith("DECIMAL"):
        return "DOUBLE", f"{column}::DOUBLE"
    if kind.endswith("INT") or kind == "INTEGER" or kind == "UINTEGER":
        return "BIGINT", f"try_cast({column} AS BIGINT)"
    if kind == "DATE":
        return "DATE", _in_calendar(column)
    if kind.startswith("TIMESTAMP"):
        return "TIMESTAMP", _in_calendar(f"{column}::TIMESTAMP")
    return "VARCHAR", f"{column}::VARCHAR"


def _in_calendar(moment: str) -> str:
    """Years that ISO 8601 writes in four digits; infinity and all beyond is no date to anybody."""
    return f"(CASE WHEN isfinite({moment}) AND year({moment}) BETWEEN 1 AND 9999 THEN {moment} END)"
