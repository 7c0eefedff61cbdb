"""The rows that the scanner set aside: refused, or quarantined where sluice.yaml allows a few.

Rows accepted and rows quarantined are together what was counted independently of the scanner.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sluice.contracts.dataset import Finding, Severity
from sluice.contracts.spec import Policy
from sluice.validation.formats.parts import Part
from sluice.validation.refusals import Refused
from sluice.validation.scanner.tallies import BadRow
from sluice.validation.wording import counted, shown

if TYPE_CHECKING:
    from sluice.validation.formats.scanned import ScannedSource

LISTED: Final = 20
"""Rows that the report names one by one."""
MOST: Final = 10_000
"""So many rows and more are never quarantined; the scanner ends when it has set them aside."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reject:
    """One row that does not parse."""

    part: Part
    """The file in which it stands."""
    line: int
    """Its line in the dropped file, from 1."""
    row: int
    """Its number among all rows of the drop, from 1."""
    bad_row: BadRow
    """As the scanner met it."""
    reason: str
    """What is wrong with it, in words."""
    is_one_wider: bool
    """Whether it has just one field more than the header."""

    @property
    def text(self) -> str:
        """As it stands in the file: read when it is asked for, since it may be long."""
        return self.bad_row.text

    def finding(self, severity: Severity) -> Finding:
        """As the report lists it."""
        return Finding(
            severity=severity,
            code="ragged-row",
            message=f"{self.part.name}, line {self.line}: {self.reason}: "
            f"{shown(self.text.strip(), 80)}.",
            line=self.line,
        )


def rejects_of(found: Sequence[BadRow], source: ScannedSource) -> tuple[Reject, ...]:
    """The same, with the lines and rows that people know, in the drop's order."""
    if not found:
        return ()
    if not source.counted:
        raise RuntimeError("a copy that was written here holds rows that do not parse")
    rejects: list[Reject] = []
    width = len(source.columns.names)
    before = 0
    for one in source.counted:
        rejects += [
            Reject(
                part=one.part,
                line=one.part.first_line - 1 + bad.line,
                row=before + bad.row - one.headers,
                bad_row=bad,
                reason=f"{counted(bad.fields, 'field')} where the header has {width}",
                is_one_wider=bad.fields == width + 1,
            )
            for bad in found
            if bad.path == one.part.path
        ]
        before += one.rows
    return tuple(rejects)


def refusal(rejects: Sequence[Reject], rows: int, up_to: float) -> Refused:
    """Why rows that do not parse, more than `up_to` (a share of `rows`), end the drop."""
    first = rejects[0]
    finding = first.finding("refuse")
    others = ", ".join(str(r.line) for r in rejects[1:6]) + (", …" if len(rejects) > 6 else "")
    many = f"{len(rejects) - 1:,}" + (" or more" if len(rejects) >= MOST else "")
    lines = "line" if len(rejects) == 2 else "lines"
    more = f"; {many} more such, on {lines} {others}" if len(rejects) > 1 else ""
    if all(r.is_one_wider for r in rejects) and len(rejects) >= min(rows, MOST):
        return Refused(
            finding.code,
            f"{finding.message.removesuffix('.')}{more}. Every record has one field more than the "
            "header, as R writes the names of rows.",
            remedy="In R, `write.csv(d, row.names = FALSE)` writes none; else give every column a "
            "name in the header.",
            line=first.line,
        )
    bound = f" Of {rows:,} rows, sluice.yaml lets {up_to:.2%} be quarantined." if up_to else ""
    return Refused(
        finding.code,
        f"{finding.message.removesuffix('.')}{more}.{bound}",
        remedy="Give every row as many fields as the header; quote a field that holds the "
        f"delimiter{_put_aside(len(rejects), rows)}.",
        line=first.line,
        more=tuple(reject.finding("refuse") for reject in rejects[1:LISTED]),
    )


def _put_aside(rejects: int, rows: int) -> str:
    """How a few such rows are put aside; nothing where they are more than a stack lets pass, as it
    comes."""
    share = math.ceil(rejects / max(rows, 1) * 1000) / 10
    if rejects >= MOST or share > 100 * Policy().quarantine_up_to:
        return ""
    line = f"`bad_rows: {{quarantine_up_to: {share:g}%}}`"
    return f"; or have {counted(rejects, 'such row')} put aside: {line} in sluice.yaml"


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
    """`rows.jsonl`: file, line, reason and the whole text of each row, one object a line."""
    with path.open("w", encoding="utf-8") as out:
        for reject in rejects:
            row = {
                "file": reject.part.name,
                "line": reject.line,
                "reason": reject.reason,
                "text": reject.text,
            }
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
