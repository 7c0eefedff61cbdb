"""What is done with one shard of a drop, by this process or by a worker's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sluice.validation.rows.plans import Plan, Question
from sluice.validation.rows.rejects import MOST
from sluice.validation.scanner.interface import Status
from sluice.validation.scanner.scan import Files, Scan
from sluice.validation.scanner.stored import store_rows
from sluice.validation.scanner.tallies import Answer, BadRow, ColumnTally


@dataclass(frozen=True, kw_only=True, slots=True)
class ShardRows:
    """The stored rows of one shard."""

    path: Path
    rows: int
    tallies: tuple[ColumnTally, ...]
    """What became of the values, by column."""
    rejected: tuple[BadRow, ...]
    """The rows that do not parse."""
    status: Status
    ended: tuple[Path, int] | None
    """The file and the line where the scan ended before its time."""


def ask_shard(
    files: Files,
    _: int,
    missing: Sequence[str],
    question: Question,
) -> tuple[int, list[Answer]]:
    """How many rows there are, and by column how many values are of the types that are asked."""
    scan = Scan(
        files,
        missing=missing,
        asked=question.asked,
        readings=question.readings,
        most_bad_rows=MOST,
    )
    answers = scan.ask()
    return scan.rows, answers


def store_shard(
    files: Files,
    number: int,
    plans: Sequence[Plan],
    missing: Sequence[str],
    salt: str,
    folder: Path,
) -> ShardRows:
    """Parse, type and prove every row; the rows go to a file of this number in `folder`."""
    path = folder / f"rows-{number}"
    kinds = [_kind(plan) for plan in plans]
    readings = [plan.reading for plan in plans]
    scan = Scan(files, missing=missing, kinds=kinds, readings=readings, most_bad_rows=MOST)
    rows = store_rows([scan.stream()], path, names=files.names, salt=salt)
    return ShardRows(
        path=path,
        rows=rows,
        tallies=tuple(scan.tallies),
        rejected=tuple(scan.bad_rows),
        status=scan.status,
        ended=None if scan.status is Status.DONE else scan.place,
    )


def _kind(plan: Plan) -> str:
    """What the scanner makes of the column."""
    if plan.kind:
        return "base64" if plan.storage == "BLOB" else "as-is"
    return plan.candidate or "text"
