"""What the report of a drop would say by now: it grows from step to step, and never changes."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Self

from sluice.contracts.dataset import ROWS_FILE, Column, Finding, Report, Schema, Target
from sluice.validation.formats.source import Source
from sluice.validation.purpose.target import Purpose
from sluice.validation.refusals import Refused
from sluice.validation.remedies import with_changes
from sluice.validation.report.sentence import accepted_sentence
from sluice.validation.rows.rejects import Reject, write_rows

_ORDER: Final = {"refuse": 0, "warn": 1, "note": 2}


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A report in the making."""

    name: str
    """What the user called the drop."""
    source: Source | None = None
    columns: tuple[Column, ...] = ()
    target: Target | None = None
    purpose: Purpose | None = None
    findings: tuple[Finding, ...] = ()
    profile: dict[str, Any] = field(default_factory=dict)
    rejects: tuple[Reject, ...] = ()
    train_rows: int = 0

    def plus(self, *findings: Finding, **known: Any) -> Self:
        """The draft with more findings, and with what else is known by now."""
        return replace(self, findings=(*self.findings, *findings), **known)

    @property
    def schema(self) -> Schema:
        """`schema.json` of a drop whose purpose is known."""
        if self.purpose is None:
            raise ValueError("nothing has said yet what the rows are for")
        return Schema(
            columns=self.columns,
            target=self.target,
            task=self.purpose.task,
            missing=self.source.missing if self.source else (),
        )

    def rejected(self, refused: Refused) -> Report:
        """The report of a drop that a step refused."""
        found = self.plus(refused.finding, *refused.more)
        return found._report(verdict="rejected", reason=str(refused))

    def accepted(self) -> Report:
        """The report of a drop that went through all steps."""
        if self.purpose is None or self.source is None:
            raise ValueError("an accepted drop has a purpose")
        holdout_rows = self.source.rows - self.train_rows
        reason = accepted_sentence(
            self.name,
            self.schema,
            self.purpose,
            train=self.train_rows,
            holdout=holdout_rows,
            warnings=sum(finding.severity == "warn" for finding in self.findings),
        )
        return self._report(
            verdict="accepted",
            reason=reason,
            train_rows=self.train_rows,
            holdout_rows=holdout_rows,
        )

    def keep(self, scratch: Path, out: Path) -> None:
        """Move the dataset out of scratch, and write its documents beside it."""
        for side in ("train", "holdout"):
            shutil.move(scratch / side, out / side)
        (out / "schema.json").write_text(self.schema.model_dump_json(indent=1) + "\n")
        profile = json.dumps(self.profile, indent=1, ensure_ascii=False, allow_nan=False)
        (out / "profile.json").write_text(profile + "\n")
        if self.rejects:
            write_rows(self.rejects, out / ROWS_FILE)

    def _report(self, **verdict: Any) -> Report:
        return Report(
            source=self.name,
            rows=self.source.rows if self.source else 0,
            quarantined_rows=len(self.rejects),
            columns=self.columns,
            target=self.target,
            task=self.purpose.task if self.purpose else None,
            task_reason=self.purpose.reason if self.purpose else "",
            findings=with_changes(sorted(self.findings, key=lambda one: _ORDER[one.severity])),
            dialect=self.source.dialect if self.source else {},
            profile=self.profile,
            **verdict,
        )
