"""What was found out of a drop so far; the report of a refused one says as much as it holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sluice.contracts.dataset import Column, Finding, Schema, Target
from sluice.validation.formats.source import Source
from sluice.validation.purpose.target import Decision
from sluice.validation.rows.rejects import Reject


@dataclass(kw_only=True, slots=True)
class Known:
    """Filled in step by step."""

    raw: Source | None = None
    columns: tuple[Column, ...] = ()
    target: Target | None = None
    decision: Decision | None = None
    findings: list[Finding] = field(default_factory=list)
    profile: dict[str, Any] = field(default_factory=dict)
    rejects: tuple[Reject, ...] = ()
    train_rows: int = 0

    @property
    def holdout_rows(self) -> int:
        """Those that are not to learn from."""
        return self.raw.rows - self.train_rows if self.raw and self.train_rows else 0

    @property
    def schema(self) -> Schema:
        """Of a drop that was judged to the end."""
        if self.decision is None:
            raise ValueError("the drop was not judged to the end")
        return Schema(columns=self.columns, target=self.target, task=self.decision.task)
