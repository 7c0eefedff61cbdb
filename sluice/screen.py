"""What people see: a live line and colours on a terminal, plain lines anywhere else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Self, TextIO

from rich.console import Console
from rich.markup import escape
from rich.status import Status
from rich.table import Table

from sluice.contracts.dataset import Report
from sluice.contracts.ledger import RunState, TimelineEntry

_STATE_STYLES = {
    "released": "green",
    "accepted": "green",
    "approved": "green",
    "rejected": "red",
    "failed": "red",
    "waiting": "yellow",
    "running": "cyan",
}
_PLAIN_EPOCHS = 10
"""Off a terminal every tenth epoch is a line; on one they share the live line."""


class Screen:
    """Prints for people. As a context manager it keeps a live line at the bottom of a terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._console = Console(file=stream, highlight=False, soft_wrap=True)
        self._live: Status | None = None
        self._last: datetime | None = None
        self._epochs = 0

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live = self._console.status("dropped")
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live:
            self._live.stop()

    def entry(self, entry: TimelineEntry) -> None:
        """One line of a growing timeline, with the seconds since the line before."""
        if entry.kind == "epoch":
            self._epoch(entry)
            return
        at = datetime.fromisoformat(entry.at)
        elapsed = (at - self._last).total_seconds() if self._last else 0.0
        self._last = max(at, self._last) if self._last else at
        self._line(entry, f"{max(elapsed, 0.0):6.1f} s")
        if self._live:
            self._live.update(f"{entry.stage}: {escape(entry.status)}")

    def _epoch(self, entry: TimelineEntry) -> None:
        self._epochs += 1
        if self._live:
            self._live.update(f"train: {escape(entry.reason)}")
        elif self._epochs % _PLAIN_EPOCHS == 1:
            self._console.print(f"{'':9} train     {escape(entry.reason)}")

    def _line(self, entry: TimelineEntry, when: str) -> None:
        style = _STATE_STYLES.get(entry.status, "default")
        self._console.print(
            f"{when:>9} {entry.stage:9} [{style}]{escape(entry.status):11}[/] "
            f"{escape(entry.reason)}"
        )
        for warning in entry.data.get("warnings", ()):
            self._console.print(f"{'':20}[yellow]{'warning':11}[/] {escape(warning)}")

    def show(self, state: RunState, timeline: Sequence[TimelineEntry]) -> None:
        """A run's header and its timeline."""
        style = _STATE_STYLES[state.state]
        phase = f" ({state.phase})" if state.phase else ""
        self._console.print(f"{state.run_id}: [{style}]{state.state}[/]{phase}")
        self._console.print(escape(state.reason))
        self._console.print()
        start = datetime.fromisoformat(state.started_at)
        for entry in timeline:
            since = (datetime.fromisoformat(entry.at) - start).total_seconds()
            self._line(entry, f"+{max(since, 0.0):.1f} s")

    def runs(self, runs: Sequence[RunState]) -> None:
        """A line a run."""
        if not runs:
            self._console.print("No runs yet. `sluice drop FILE` starts one.")
            return
        for run in runs:
            style = _STATE_STYLES[run.state]
            word = run.phase if run.state == "running" else run.state
            self._console.print(
                f"{run.started_at[:19]}  {run.run_id}  [{style}]{word}[/]  {escape(run.reason)}"
            )

    def models(self, models: Sequence[dict[str, Any]]) -> None:
        """A line a model."""
        if not models:
            self._console.print("No model answers yet. `sluice drop FILE` makes one.")
            return
        table = Table(box=None, pad_edge=False)
        for column in ("model", "version", "predicts", "interface", "released"):
            # Names are there to be copied: a narrow terminal folds them, and cuts none.
            table.add_column(column, overflow="fold")
        for model in models:
            table.add_row(
                model["model"],
                model["version"],
                model["target"],
                str(model["interface"]),
                model["released_at"][:16],
            )
        self._console.print(table)

    def report(self, report: Report) -> None:
        """The verdict first, then the findings, then the columns.

        The reason of a refusal is left to stderr, where every command says it.
        """
        style = _STATE_STYLES[report.verdict]
        reason = f": {escape(report.reason)}" if report.verdict == "accepted" else ""
        self._console.print(f"[{style}]{report.verdict}[/]{reason}")
        for finding in report.findings:
            text = f"{finding.message} {finding.remedy}".strip()
            if text == report.reason:
                continue
            self._console.print(f"  {finding.severity:6} {escape(text)}")
        if report.columns:
            self._console.print()
        for column in report.columns:
            span = f"{column.min} to {column.max}" if column.min is not None else ""
            missing = "has missing values" if column.nullable else ""
            role = "target" if report.target and report.target.name == column.name else ""
            role = "excluded" if column.excluded else role
            notes = ", ".join(part for part in (role, span, missing) if part)
            self._console.print(f"  {escape(column.name):24} {column.type:10} {escape(notes)}")
