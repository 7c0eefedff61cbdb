"""The safeguard: the scanner must have seen as many rows as the bytes hold, no more and no less."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sluice.validation.formats.csv.quotes import too_long, unclosed
from sluice.validation.refusals import Refused
from sluice.validation.rows.rejects import MOST, Reject, refusal, rejects_of
from sluice.validation.rows.shard import ShardRows
from sluice.validation.scanner.interface import Status

if TYPE_CHECKING:
    from sluice.validation.formats.scanned import ScannedSource
    from sluice.validation.formats.source import Source


def require_rows(source: Source, rows: int) -> None:
    """Refuse a drop of which a parser read another number of rows than were counted."""
    if rows != source.rows:
        where = source.place(1).text.rsplit(",", 1)[0]
        raise Refused(
            "rows-differ",
            f"{where}: the parser reads {rows:,} rows where {source.rows:,} were counted "
            "independently, so some would be lost or made up.",
            remedy="Check quotes and line ends, or export the file again.",
        )


def counted_alike(
    source: ScannedSource, shards: Sequence[ShardRows], quarantine_up_to: float
) -> tuple[ScannedSource, tuple[Reject, ...]]:
    """The drop as it was counted in the end, and the rows that are left out of it.

    Raises `Refused` for more of them than may be quarantined, and for a count of rows that is not
    the independent one. Before either is said, the drop is counted again in the most exact way,
    which says what is wrong with quotes better than a parser.
    """
    rows = sum(shard.rows for shard in shards)
    rejected = [bad for shard in shards for bad in shard.rejected]
    exact = source
    if (rejected or rows != source.rows) and source.recount:
        exact = replace(source.recount(), columns=source.columns)
    for shard in shards:
        _refuse_unread(source, shard)
    rejects = rejects_of(rejected, source)
    if len(rejects) > min(quarantine_up_to * exact.rows, MOST - 1):
        raise refusal(rejects, exact.rows, quarantine_up_to)
    require_rows(exact, rows + len(rejects))
    return exact.without([reject.row for reject in rejects]), rejects


def _refuse_unread(source: ScannedSource, shard: ShardRows) -> None:
    """Refuse a drop whose scan ended at a row that it cannot take."""
    if shard.ended is None or shard.status is Status.TOO_MANY_BAD_ROWS:
        return
    path, line = shard.ended
    part = next(part for part in source.parts if part.path == path)
    if not source.counted:
        # A copy that was written here: its lines are not those of the drop.
        line = source.place(shard.rows + 1).line or 1
    refused = too_long if shard.status is Status.TOO_LONG else unclosed
    raise refused(part, part.first_line - 1 + line)
