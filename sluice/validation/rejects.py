"""The records that the parser set aside, as a refusal that names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sluice.validation.bytes import HEAD_BYTES, Part
from sluice.validation.findings import Refused, counted, shown
from sluice.validation.records import too_long

if TYPE_CHECKING:
    import duckdb

REJECTS_LISTED = 20


def refuse_rejects(con: duckdb.DuckDBPyConnection, parts: tuple[Part, ...]) -> None:
    """Refuse the drop where the scan just made set records aside, naming the first of them."""
    latest = "(SELECT max(scan_id) FROM reject_scans)"
    found = con.execute(
        "SELECT e.error_type, e.line_byte_position, e.csv_line, e.error_message, s.file_path "
        "FROM reject_errors e JOIN reject_scans s USING (scan_id, file_id) "
        f"WHERE scan_id = {latest} "
        f"ORDER BY s.file_path, e.line_byte_position LIMIT {REJECTS_LISTED}"
    ).fetchall()
    if not found:
        return
    total = con.execute(
        "SELECT count(DISTINCT (file_id, line_byte_position)) FROM reject_errors "
        f"WHERE scan_id = {latest}"
    ).fetchall()[0][0]
    lines = sorted({_reject_line(parts, path, at) for _, at, _, _, path in found})
    kind, at, text, message, path = found[0]
    part = _part_at(parts, path)
    line = _reject_line(parts, path, at)
    if "LINE SIZE" in kind:
        raise too_long(part, line)
    what = str(message).splitlines()[0]
    if kind in ("MISSING COLUMNS", "TOO MANY COLUMNS"):
        numbers = [int(word) for word in what.split() if word.isdigit()]
        what = f"{counted(numbers[1], 'field')} where the header has {numbers[0]}"
    others = ", ".join(map(str, lines[1:6])) + (", …" if total > 6 else "")
    more = f"; {total - 1:,} more such, on lines {others}" if total > 1 else ""
    raise Refused(
        "ragged-row" if "COLUMNS" in kind else "unreadable-row",
        f"{part.name}, line {line}: {what}: {shown(str(text).strip(), 80)}{more}.",
        remedy="Give every row as many fields as the header; quote a field that holds the "
        "delimiter.",
        line=line,
    )


def _part_at(parts: tuple[Part, ...], path: str) -> Part:
    return next(part for part in parts if str(part.path) == path)


def _reject_line(parts: tuple[Part, ...], path: str, position: int) -> int:
    """The physical line of a rejected record: DuckDB's own counts records, not lines."""
    lines, left = 1, position
    with _part_at(parts, path).path.open("rb") as file:
        while left > 0 and (block := file.read(min(left, HEAD_BYTES))):
            lines += block.count(b"\n")
            left -= len(block)
    return lines
