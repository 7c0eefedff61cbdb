"""The one reading of a drop: each row parsed once, typed, and kept as columns to be measured.

What is staged is Parquet in scratch, in the types that the dataset will have. Beside the values of
text stand two bits a column that say what became of it. All that follows works on the staged rows:
c1, c2, …, and n, the row's number in the drop from 1; h, a hash of its values; s, whether it is one
of those that judge.
"""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sluice.validation.candidates import CANDIDATES, cleaned, is_missing, is_padded
from sluice.validation.columns import (
    Plan,
    Question,
    Typed,
    counts_of,
    guesses,
    question,
    settled,
)
from sluice.validation.findings import Refused
from sluice.validation.parquet import native_columns
from sluice.validation.reading import Raw
from sluice.validation.rejects import MOST, Reject, Rejected, refusal, rejected, rejects_of
from sluice.validation.split import canonical, is_holdout
from sluice.validation.sql import literal
from sluice.validation.workers import Readers

if TYPE_CHECKING:
    import duckdb

ROW_GROUP_ROWS: Final = 65_536
ROW_GROUP_CELLS: Final = 4_000_000
ROW_GROUP_BYTES: Final = 8 * 1024 * 1024
"""A row group of a wide table, or of texts or images, holds fewer rows, so that writing it fits in
memory."""

_SPELLED, _OTHER = 1, 2
"""What became of a text: it spells a missing value; it does not fit its type, or was trimmed."""
_BITS: Final = 2
_COLUMNS_A_WORD: Final = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Staged:
    """All rows of a drop, typed."""

    relation: str
    """SQL that yields n, h, s, c1, c2, …"""
    columns: tuple[Typed, ...]
    rows: int
    row_bytes: int = 0
    """As in `Raw`."""
    rejects: tuple[Reject, ...] = ()
    """Records that did not parse, and are not among the rows."""

    @property
    def training(self) -> str:
        """The rows to learn from."""
        return f"(FROM {self.relation} WHERE NOT s)"

    @property
    def holdout(self) -> str:
        """The rows to judge by."""
        return f"(FROM {self.relation} WHERE s)"


def staged(readers: Readers, raw: Raw, *, salt: str, quarantine_up_to: float) -> tuple[Raw, Staged]:
    """Read every row of the drop; also the drop as it was counted in the end.

    Records that do not parse are left out where they are at most the share `quarantine_up_to`.

    Raises `Refused` for records that do not parse, and where the parser's rows differ from the
    independent count.
    """
    if raw.dialect["format"] == "parquet":
        columns, rows, query = native_columns(readers.con, raw, salt)
        require_rows(raw, rows)
        path = readers.scratch / "staged-0.parquet"
        copied = _written(readers.con, query, path, rows_in_group(len(columns)))
        require_rows(raw, copied)
        copies = [_Copy(path=path, rows=copied, rejected=[])]
        return raw, Staged(relation=_relation(copies), columns=columns, rows=rows)
    plans = guesses(raw)
    if unsure := [plan for plan in plans if not plan.is_sure]:
        plans = _settled(readers, raw, plans, unsure)
    copies = _copied(readers, raw, plans, salt)
    raw, rejects = _counted_alike(raw, copies, quarantine_up_to)
    columns, mistaken = _evidence(readers.con, raw, plans, copies)
    if mistaken:
        plans = _settled(readers, raw, plans, mistaken)
        copies = _copied(readers, raw, plans, salt)
        columns, mistaken = _evidence(readers.con, raw, plans, copies)
        if mistaken:
            raise RuntimeError(f"{mistaken} were proved of all rows, and do not hold")
    return raw, Staged(
        relation=_relation(copies),
        columns=columns,
        rows=raw.rows,
        row_bytes=raw.row_bytes,
        rejects=rejects,
    )


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


def rows_in_group(width: int, row_bytes: int = 0) -> int:
    """Rows of a Parquet row group for a table of `width` columns, or of rows so large."""
    if row_bytes:
        return max(1, min(ROW_GROUP_ROWS, ROW_GROUP_BYTES // row_bytes))
    return min(ROW_GROUP_ROWS, max(2048, ROW_GROUP_CELLS // width // 2048 * 2048))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Copy:
    """One file of staged rows."""

    path: Path
    rows: int
    rejected: list[Rejected]


def _files(copies: list[_Copy]) -> str:
    return f"[{', '.join(literal(str(copy.path)) for copy in copies)}]"


def _relation(copies: list[_Copy]) -> str:
    """All staged rows, numbered through."""
    before = list(itertools.accumulate((copy.rows for copy in copies), initial=0))
    return (
        f"(SELECT {before}[file_index::BIGINT + 1] + file_row_number + 1 AS n, "
        "* EXCLUDE (file_row_number) "
        f"FROM read_parquet({_files(copies)}, file_row_number=true))"
    )


def _settled(readers: Readers, raw: Raw, plans: list[Plan], some: list[Plan]) -> list[Plan]:
    """The plans, some of them after every row was asked."""
    asked = question(raw, some)
    total: dict[str, Counter[str]] = {plan.id: Counter() for plan in some}
    for counts in readers.ask(raw, partial(_counts, asked=asked)):
        for column, count in counts.items():
            total[column].update(count)
    by_id = {plan.id: plan for plan in settled(raw, some, asked, total)}
    return [by_id.get(plan.id, plan) for plan in plans]


def _counts(
    con: duckdb.DuckDBPyConnection, relation: str, _: int, asked: Question
) -> dict[str, dict[str, int]]:
    return counts_of(con, relation, asked)


def _counted_alike(
    raw: Raw, copies: list[_Copy], quarantine_up_to: float
) -> tuple[Raw, tuple[Reject, ...]]:
    """Refuse what the parser set aside, and a count of rows that is not the independent one.

    Before either is said, the drop is counted again in the most exact way, which says what is wrong
    with quotes better than a parser.
    """
    rows = sum(copy.rows for copy in copies)
    found = [record for copy in copies for record in copy.rejected]
    exact = raw
    if (found or rows != raw.rows) and raw.recounted:
        exact = replace(raw.recounted(), may_be=raw.may_be)
    rejects = rejects_of(found, raw)
    if len(rejects) > min(quarantine_up_to * exact.rows, MOST - 1):
        raise refusal(rejects, exact.rows, quarantine_up_to)
    require_rows(exact, rows + len(rejects))
    if not rejects:
        return exact, ()
    bad = [reject.row for reject in rejects]

    def place(row: int) -> tuple[str, int | None]:
        for other in bad:
            row += other <= row
        return exact.place(row)

    return replace(exact, rows=rows, place=place), rejects


def _copied(readers: Readers, raw: Raw, plans: list[Plan], salt: str) -> list[_Copy]:
    texts = [(raw.names[plan.place], _canonical(plan)) for plan in plans]
    task = partial(
        _copy,
        plans=plans,
        missing=raw.missing,
        side=is_holdout(texts, salt),
        folder=readers.scratch,
        rows_in_group=rows_in_group(len(plans), raw.row_bytes),
    )
    return readers.ask(raw, task)


def _canonical(plan: Plan) -> str:
    """What the split goes by; text that is written plainly is so already."""
    if plan.is_plain and plan.storage in ("VARCHAR", "BIGINT", "DATE", "TIMESTAMP"):
        return plan.id
    return canonical(f"v{plan.place}", plan.storage)


def _copy(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    number: int,
    plans: list[Plan],
    missing: tuple[str, ...],
    side: str,
    folder: Path,
    rows_in_group: int,
) -> _Copy:
    """Parse and type every record; a text is cast once, in the innermost query."""
    path = folder / f"staged-{number}.parquet"
    casts = [
        f"{CANDIDATES[plan.candidate].cast.format(v=plan.id)} AS t{plan.place}"
        for plan in plans
        if plan.candidate
    ]
    values = [f"{_value(plan, missing)} AS v{plan.place}" for plan in plans]
    words: list[list[str]] = [[] for _ in range(-(-len(plans) // _COLUMNS_A_WORD))]
    for plan in plans:
        if not _is_plain_text(plan):
            bits = f"(({_became(plan, missing)})::BIGINT << {_shift(plan)})"
            words[plan.place // _COLUMNS_A_WORD].append(bits)
    every = ", ".join(f"v{plan.place}" for plan in plans)
    named = ", ".join(f"v{plan.place} AS {plan.id}" for plan in plans)
    flags = ", ".join(
        f"{' | '.join(word) or '0::BIGINT'} AS f{at}" for at, word in enumerate(words)
    )
    rows = _written(
        con,
        f"SELECT {named}, hash({every}) AS h, {side} AS s, {flags} "
        f"FROM (SELECT *, {', '.join(values)} "
        f"FROM (SELECT {', '.join(['*', *casts])} FROM {relation}))",
        path,
        rows_in_group,
    )
    return _Copy(path=path, rows=rows, rejected=rejected(con))


def _written(con: duckdb.DuckDBPyConnection, query: str, path: Path, rows_in_group: int) -> int:
    """Stage what the query yields; the rows of it."""
    copied = con.execute(
        f"COPY ({query}) TO {literal(str(path))} "
        f"(FORMAT parquet, COMPRESSION lz4, ROW_GROUP_SIZE {rows_in_group})"
    ).fetchall()
    return int(copied[0][0])


def _value(plan: Plan, missing: tuple[str, ...]) -> str:
    """SQL of the staged value, over the text and its cast."""
    i, t = plan.id, f"t{plan.place}"
    if plan.kind:
        return f"from_base64({i})" if plan.storage == "BLOB" else i
    if plan.candidate is None:
        return i if plan.is_plain else cleaned(i, missing)
    if plan.is_plain:
        return t
    chosen = CANDIDATES[plan.candidate]
    return (
        f"CASE WHEN {chosen.holds.format(v=i, t=t)} THEN {t} "
        f"WHEN {is_padded(i)} THEN {chosen.value_of(f'trim({i})')} END"
    )


def _became(plan: Plan, missing: tuple[str, ...]) -> str:
    """SQL of the two bits that say what became of a text."""
    i, t, v = plan.id, f"t{plan.place}", f"v{plan.place}"
    if plan.kind:
        return "0"
    if plan.candidate and plan.is_plain:
        holds = CANDIDATES[plan.candidate].plainly.format(v=i, t=t)
        return f"{_OTHER} * ({i} IS NOT NULL AND ({holds}) IS NOT TRUE)::BIGINT"
    if plan.candidate:
        return (
            f"CASE WHEN {i} IS NULL OR {v} IS NOT NULL THEN 0 "
            f"WHEN {is_missing(f'trim({i})', missing)} THEN {_SPELLED} ELSE {_OTHER} END"
        )
    return (
        f"CASE WHEN {i} IS NULL THEN 0 WHEN {v} IS NULL THEN {_SPELLED} "
        f"WHEN {is_padded(i)} THEN {_OTHER} ELSE 0 END"
    )


def _evidence(
    con: duckdb.DuckDBPyConnection, raw: Raw, plans: list[Plan], copies: list[_Copy]
) -> tuple[tuple[Typed, ...], list[Plan]]:
    """The columns as they are staged, and the plans that some value proves wrong."""
    relation = f"read_parquet({_files(copies)})"
    words = range(-(-len(plans) // _COLUMNS_A_WORD))
    terms = [f"count({plan.id})" for plan in plans] + [f"bit_or(f{word})" for word in words]
    found = con.execute(f"SELECT {', '.join(terms)} FROM {relation}").fetchall()[0]
    present, seen = found[: len(plans)], found[len(plans) :]
    wrong = _no_plain_text(con, raw, plans, relation)
    marked = [p for p in plans if seen[p.place // _COLUMNS_A_WORD] >> _shift(p) & 3]
    counts: dict[int, tuple[int, int]] = {}
    if marked:
        terms = [
            f"count(*) FILTER ((f{p.place // _COLUMNS_A_WORD} >> {_shift(p)}) & 3 = {what})"
            for p in marked
            for what in (_SPELLED, _OTHER)
        ]
        found = con.execute(f"SELECT {', '.join(terms)} FROM {relation}").fetchall()[0]
        pairs = zip(found[::2], found[1::2], strict=True)
        counts = {plan.place: pair for plan, pair in zip(marked, pairs, strict=True)}
    columns = []
    for plan in plans:
        spelled, other = counts.get(plan.place, (0, 0))
        columns.append(
            Typed(
                id=plan.id,
                name=raw.names[plan.place],
                storage=plan.storage,
                present=present[plan.place],
                spelled=spelled,
                trimmed=0 if plan.candidate else other,
                odd=plan.odd,
                kind=plan.kind,
            )
        )
    wrong += [p for p in marked if counts[p.place][1] and p.candidate]
    return tuple(columns), wrong


def _is_plain_text(plan: Plan) -> bool:
    return plan.is_plain and plan.candidate is None


def _no_plain_text(
    con: duckdb.DuckDBPyConnection, raw: Raw, plans: list[Plan], relation: str
) -> list[Plan]:
    """Text that was staged as it stands, and is padded or spells a missing value somewhere. It is
    asked of the staged column, where equal values stand once and are looked at once."""
    texts = [plan for plan in plans if _is_plain_text(plan)]
    if not texts:
        return []
    terms = [
        f"coalesce(bool_or({is_padded(p.id)} OR {is_missing(p.id, raw.missing)}), false)"
        for p in texts
    ]
    found = con.execute(f"SELECT {', '.join(terms)} FROM {relation}").fetchall()[0]
    return [plan for plan, is_wrong in zip(texts, found, strict=True) if is_wrong]


def _shift(plan: Plan) -> int:
    return _BITS * (plan.place % _COLUMNS_A_WORD)
