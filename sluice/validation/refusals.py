"""How the engine says what is wrong: a refusal is an error that carries its finding."""

from __future__ import annotations

from sluice.contracts.dataset import Finding, Report
from sluice.contracts.errors import DropRefused, Refusal
from sluice.validation.remedies import with_changes


class Refused(DropRefused):
    """The drop cannot be used; `finding` says what, where and the remedy, for the report, and
    `more` what else is to be said."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        remedy: str,
        column: str | None = None,
        line: int | None = None,
        more: tuple[Finding, ...] = (),
    ) -> None:
        super().__init__(message, remedy=remedy)
        self.finding = Finding(
            severity="refuse", code=code, message=message, remedy=remedy, column=column, line=line
        )
        self.more = more

    def __reduce__(self) -> tuple[object, ...]:
        """A worker's refusal crosses to the process that asked for the work."""
        return _again, (type(self), self.finding, self.more)


class OutOfMemory(Refused):
    """The drop needs more memory than the engine gave it."""


def _again(kind: type[Refused], finding: Finding, more: tuple[Finding, ...]) -> Refused:
    return kind(
        finding.code,
        finding.message,
        remedy=finding.remedy,
        column=finding.column,
        line=finding.line,
        more=more,
    )


def refusal_report(name: str, refusal: Refusal) -> Report:
    """The report of a drop that was refused before its rows were looked at."""
    if isinstance(refusal, Refused):
        findings = (refusal.finding, *refusal.more)
    else:
        findings = (
            Finding(
                severity="refuse", code="refused", message=refusal.reason, remedy=refusal.remedy
            ),
        )
    return Report(
        verdict="rejected", reason=str(refusal), source=name, findings=with_changes(findings)
    )
