"""The one reading of a drop: each row parsed once, typed, and kept as columns to be measured.

What is staged lies in scratch as Arrow lays it out, in the types that the dataset will have. All
that follows works on the staged rows: c1, c2, …, and n, the row's number in the drop from 1; h, a
hash of its values; s, whether it is one of those that judge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sluice.validation.formats.csv.quotes import unclosed
from sluice.validation.formats.csv.reading import Source
from sluice.validation.formats.csv.records import too_long
from sluice.validation.formats.parquet.reading import native_columns, native_rows
from sluice.validation.refusals import Refused
from sluice.validation.rows.columns import Plan, TypedColumn, guesses, question, settled
from sluice.validation.rows.rejects import MOST, Reject, refusal, rejects_of
from sluice.validation.rows.workers import Readers
from sluice.validation.scanner.scan import Answer, Files, Held, Rejected, Scan, Status
from sluice.validation.scanner.stage import Relation, StagedRows, stage, stream_of

if TYPE_CHECKING:
    import duckdb

_ROWS: Final = "staged_rows"
_SOME: Final = "some_columns"


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """All rows of a drop, typed."""

    relation: str
    """SQL that yields n, c1, c2, …, h, s."""
    kept: StagedRows
    """The same, to be measured in C."""
    columns: tuple[TypedColumn, ...]
    rows: int
    row_bytes: int = 0
    """As in `Source`."""
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


def staged(
    readers: Readers, raw: Source, *, salt: str, quarantine_up_to: float
) -> tuple[Source, Table]:
    """Read every row of the drop; also the drop as it was counted in the end.

    Records that do not parse are left out where they are at most the share `quarantine_up_to`.

    Raises `Refused` for records that do not parse, and where the scanner's rows differ from the
    independent count.
    """
    if raw.files is None:
        return raw, _staged_parquet(readers, raw, salt)
    plans = guesses(raw)
    if unsure := [plan for plan in plans if not plan.is_sure]:
        plans = _settled(readers, raw, plans, unsure)
    copies = _copied(readers, raw, plans, salt)
    raw, rejects = _counted_alike(raw, copies, quarantine_up_to)
    held = _together(copies)
    mistaken = [plan for plan in plans if plan.candidate and held[plan.place].other]
    if mistaken:
        plans = _settled(readers, raw, plans, mistaken)
        copies = _copied(readers, raw, plans, salt)
        held = _together(copies)
        if any(plan.candidate and held[plan.place].other for plan in plans):
            raise RuntimeError("types were proved of all rows, and do not hold")
    return raw, _staged(
        readers.con,
        [copy.path for copy in copies],
        columns=tuple(_typed(raw, plan, held[plan.place]) for plan in plans),
        rows=raw.rows,
        row_bytes=raw.row_bytes,
        rejects=rejects,
    )


def _staged_parquet(readers: Readers, raw: Source, salt: str) -> Table:
    columns, rows, row_bytes = native_columns(readers.con, raw)
    require_rows(raw, rows)
    path = readers.scratch / "staged-0"
    streams = map(stream_of, native_rows(readers.con, raw, columns, row_bytes))
    require_rows(raw, stage(streams, path, names=raw.names, salt=salt))
    return _staged(readers.con, [path], columns=columns, rows=rows)


def require_rows(raw: Source, rows: int) -> None:
    """The safeguard: the parser must have seen as many rows as the bytes hold."""
    if rows != raw.rows:
        where = raw.place(1)[0].rsplit(",", 1)[0]
        raise Refused(
            "rows-differ",
            f"{where}: the parser reads {rows:,} rows where {raw.rows:,} were counted "
            "independently, so some would be lost or made up.",
            remedy="Check quotes and line ends, or export the file again.",
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Copy:
    """One file of staged rows."""

    path: Path
    rows: int
    held: tuple[Held, ...] = ()
    """A column each; none for Parquet."""
    rejected: tuple[Rejected, ...] = ()
    status: Status = Status.DONE
    ended: tuple[Path, int] | None = None
    """The file and the line where the scan ended before its time."""


def staged_query(
    con: duckdb.DuckDBPyConnection, query: str, columns: tuple[TypedColumn, ...], path: Path
) -> Table:
    """What a query yields, staged in a file of its own; the columns' names have no part in it."""
    rows = stage([stream_of(con.sql(query))], path, names=[c.id for c in columns], salt="")
    return _staged(con, [path], name=path.stem, columns=columns, rows=rows)


def _staged(
    con: duckdb.DuckDBPyConnection,
    paths: Sequence[Path],
    *,
    columns: tuple[TypedColumn, ...],
    rows: int,
    name: str = _ROWS,
    **rest: Any,
) -> Table:
    kept = StagedRows(paths, rows)
    con.register(name, Relation(kept, range(len(columns))))
    return Table(relation=name, kept=kept, columns=columns, rows=rows, **rest)


def only(con: duckdb.DuckDBPyConnection, data: Table, columns: Sequence[TypedColumn]) -> str:
    """SQL that yields n, h, s and these columns alone, until it is asked for again: of a wide table
    every query costs as much as there are columns."""
    con.register(_SOME, Relation(data.kept, [column.place for column in columns]))
    return _SOME


def first_rows(
    con: duckdb.DuckDBPyConnection,
    data: Table,
    columns: Sequence[TypedColumn],
    count: int,
    length: int,
) -> list[tuple[Any, ...]]:
    """The texts of some columns in the first rows, so many characters of each."""
    texts = ", ".join(f"left({column.id}, {length})" for column in columns)
    # LIMIT alone would come first, and hold the texts in full.
    query = f"SELECT {texts} FROM {only(con, data, columns)} WHERE n <= {count} LIMIT {count}"
    return con.execute(query).fetchall()


def _settled(
    readers: Readers, raw: Source, plans: Sequence[Plan], some: Sequence[Plan]
) -> list[Plan]:
    """The plans, some of them after every row was asked."""
    task = partial(_ask, missing=raw.missing, asked=question(raw, some))
    found = readers.ask(raw, task)
    answers = {plan.place: Answer() for plan in some}
    before = 0
    for rows, shard in found:
        for place, answer in answers.items():
            answers[place] = answer.followed_by(shard[place], before)
        before += rows
    by_place = {plan.place: plan for plan in settled(raw, some, answers)}
    return [by_place.get(plan.place, plan) for plan in plans]


def _ask(
    files: Files,
    _: int,
    missing: Sequence[str],
    asked: Sequence[Sequence[str]],
) -> tuple[int, list[Answer]]:
    """The rows, and what their values look like."""
    scan = Scan(files, missing=missing, asked=asked, most_rejects=MOST)
    answers = scan.ask()
    return scan.rows, answers


def _counted_alike(
    raw: Source, copies: list[_Copy], quarantine_up_to: float
) -> tuple[Source, tuple[Reject, ...]]:
    """Refuse what the scanner set aside, and a count of rows that is not the independent one.

    Before either is said, the drop is counted again in the most exact way, which says what is wrong
    with quotes better than a parser.
    """
    rows = sum(copy.rows for copy in copies)
    found = [record for copy in copies for record in copy.rejected]
    exact = raw
    if (found or rows != raw.rows) and raw.recounted:
        exact = replace(raw.recounted(), may_be=raw.may_be, stated_types=raw.stated_types)
    for copy in copies:
        _refuse_unread(raw, copy)
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


def _refuse_unread(raw: Source, copy: _Copy) -> None:
    """Refuse a drop whose scan ended at a record that it cannot take."""
    if copy.ended is None or copy.status is Status.TOO_MANY_REJECTS:
        return
    path, line = copy.ended
    part = next(part for part in raw.parts if part.path == path)
    if not raw.part_rows:
        # A copy that was written here: its lines are not those of the drop.
        line = raw.place(copy.rows + 1)[1] or 1
    refused = too_long if copy.status is Status.TOO_LONG else unclosed
    raise refused(part, part.first_line - 1 + line)


def _copied(readers: Readers, raw: Source, plans: Sequence[Plan], salt: str) -> list[_Copy]:
    task = partial(
        _copy,
        plans=plans,
        missing=raw.missing,
        salt=salt,
        folder=readers.scratch,
    )
    return readers.ask(raw, task)


def _copy(
    files: Files,
    number: int,
    plans: Sequence[Plan],
    missing: Sequence[str],
    salt: str,
    folder: Path,
) -> _Copy:
    """Parse, type and prove every record."""
    path = folder / f"staged-{number}"
    kinds = [_kind(plan) for plan in plans]
    scan = Scan(files, missing=missing, kinds=kinds, most_rejects=MOST)
    rows = stage([scan.stream()], path, names=files.names, salt=salt)
    return _Copy(
        path=path,
        rows=rows,
        held=tuple(scan.held),
        rejected=tuple(scan.rejected),
        status=scan.status,
        ended=None if scan.status is Status.DONE else scan.place,
    )


def _kind(plan: Plan) -> str:
    """What the scanner makes of the column."""
    if plan.kind:
        return "base64" if plan.storage == "BLOB" else "as-is"
    return plan.candidate or "text"


def _together(copies: Sequence[_Copy]) -> list[Held]:
    """What became of the values of each column, in all copies."""
    return [sum(column[1:], column[0]) for column in zip(*(c.held for c in copies), strict=True)]


def _typed(raw: Source, plan: Plan, held: Held) -> TypedColumn:
    return TypedColumn(
        id=plan.id,
        name=raw.names[plan.place],
        storage=plan.storage,
        present=held.present,
        spelled=held.spelled,
        trimmed=0 if plan.candidate else held.other,
        odd=plan.odd,
        unstated=plan.unstated,
        kind=plan.kind,
    )
