"""The records that the parser set aside: refused, or quarantined where sluice.yaml allows a few.

Rows accepted and rows quarantined are together what was counted independently of the parser.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sluice.contracts.dataset import Finding, Severity
from sluice.validation.bytes import Part
from sluice.validation.findings import Refused, counted, shown
from sluice.validation.reading import Raw
from sluice.validation.records import records_at, too_long

if TYPE_CHECKING:
    import duckdb

LISTED: Final = 20
"""Rows that the report names one by one."""
MOST: Final = 10_000
"""More records than this are never quarantined: the parser keeps no more of them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reject:
    """One record that does not parse."""

    part: Part
    line: int
    row: int
    """Its number among all rows of the drop, from 1."""
    text: str
    kind: str
    """DuckDB's name of what is wrong."""
    reason: str

    def finding(self, severity: Severity) -> Finding:
        """As the report lists it."""
        return Finding(
            severity=severity,
            code="ragged-row" if "COLUMNS" in self.kind else "unreadable-row",
            message=f"{self.part.name}, line {self.line}: {self.reason}: "
            f"{shown(self.text.strip(), 80)}.",
            line=self.line,
        )


Rejected = tuple[str, int, int, str, str, str]
"""What the parser says of a record: path, byte, number in the file, kind, text, message."""


def rejected(con: duckdb.DuckDBPyConnection) -> list[Rejected]:
    """The records that the scan just made set aside, in the files' order; `MOST` and more are many
    enough to refuse the drop, and are not all kept."""
    return con.execute(
        "SELECT s.file_path, e.line_byte_position, first(e.line), "
        "first(e.error_type ORDER BY e.byte_position), first(e.csv_line), "
        "first(e.error_message ORDER BY e.byte_position DESC) "
        "FROM reject_errors e JOIN reject_scans s USING (scan_id, file_id) "
        "WHERE scan_id = (SELECT max(scan_id) FROM reject_scans) GROUP BY 1, 2 ORDER BY 1, 2"
    ).fetchall()


def rejects_of(found: Sequence[Rejected], raw: Raw) -> tuple[Reject, ...]:
    """The same, with the lines and rows that people know, in the drop's order."""
    if found and not raw.part_rows:
        # A copy that was written here has sound records; only their length can be wrong.
        raise too_long(raw.parts[0], raw.place(found[0][2])[1] or 1)
    if not found:
        return ()
    rejects: list[Reject] = []
    before = 0
    for part, rows, header in zip(raw.parts, raw.part_rows, raw.part_headers, strict=True):
        records = [record for record in found if record[0] == str(part.path)]
        offsets = [at for _, at, *_ in records]
        places = records_at(part, raw.dialect["delimiter"], offsets, raw.dialect["quote"])
        for (*_, kind, text, message), (record, line) in zip(records, places, strict=True):
            rejects.append(
                Reject(
                    part=part,
                    line=line,
                    row=before + record - header,
                    text=str(text),
                    kind=kind,
                    reason=_reason(kind, str(message).splitlines()[0]),
                )
            )
        before += rows
    return tuple(rejects)


def refusal(rejects: Sequence[Reject], rows: int, up_to: float) -> Refused:
    """Why records that do not parse, more than `up_to` (a share of `rows`), end the drop."""
    first = rejects[0]
    if "LINE SIZE" in first.kind:
        return too_long(first.part, first.line)
    finding = first.finding("refuse")
    others = ", ".join(str(r.line) for r in rejects[1:6]) + (", …" if len(rejects) > 6 else "")
    many = f"{len(rejects) - 1:,}" + (" or more" if len(rejects) >= MOST else "")
    lines = "line" if len(rejects) == 2 else "lines"
    more = f"; {many} more such, on {lines} {others}" if len(rejects) > 1 else ""
    bound = f" Of {rows:,} rows, sluice.yaml lets {up_to:.2%} be quarantined." if up_to else ""
    return Refused(
        finding.code,
        f"{finding.message.removesuffix('.')}{more}.{bound}",
        remedy="Give every row as many fields as the header; quote a field that holds the "
        "delimiter"
        + (
            "."
            if up_to
            else "; or have a few such rows put aside: `bad_rows: {quarantine_up_to: 0.1%}` in "
            "sluice.yaml."
        ),
        line=first.line,
        more=tuple(reject.finding("refuse") for reject in rejects[1:LISTED]),
    )


def quarantined(rejects: Sequence[Reject], rows: int) -> list[Finding]:
    """What the report says of rows that were put aside: the first one by one."""
    if not rejects:
        return []
    return [
        Finding(
            severity="warn",
            code="rows-quarantined",
            message=f"{counted(len(rejects), 'row')} of {rows:,} "
            f"{'does' if len(rejects) == 1 else 'do'} not parse and "
            f"{'is' if len(rejects) == 1 else 'are'} quarantined, as sluice.yaml allows; no model "
            "sees them.",
            remedy="Correct them in rows.jsonl beside the report, and drop them again.",
            line=rejects[0].line,
        ),
        *(reject.finding("note") for reject in rejects[:LISTED]),
    ]


def write_rows(rejects: Iterable[Reject], path: Path) -> None:
    """`rows.jsonl`: file, line, reason and the whole text of each record, one object a line."""
    with path.open("w", encoding="utf-8") as out:
        for reject in rejects:
            row = {
                "file": reject.part.name,
                "line": reject.line,
                "reason": reject.reason,
                "text": reject.text,
            }
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def _reason(kind: str, message: str) -> str:
    if kind in ("MISSING COLUMNS", "TOO MANY COLUMNS"):
        numbers = [int(word) for word in message.split() if word.isdigit()]
        return f"{counted(numbers[1], 'field')} where the header has {numbers[0]}"
    return message.rstrip(".")
