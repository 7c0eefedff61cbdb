"""Decides what the gate does next with a trained candidate. Pure.

registered already ........................ SayAgain
never scored .............................. Evaluate
the evaluation is under way ............... Rest (the event of its end comes back)
it failed or was stopped .................. Evaluate once more, then Fail
it was beside another champion than now ... Evaluate: a verdict names the version that it beat
else ...................................... Judge
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

FAILURES: Final = 2
"""Evaluations of one candidate that may fail before its run does."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scoring:
    """One evaluation job, as DescribeProcessingJob shows it."""

    status: str
    beside: str | None
    """Version of the champion that it scored beside the candidate; None: there was none."""
    why: str = ""
    """Why it did not complete, in its own words or AWS's."""

    @property
    def has_failed(self) -> bool:
        """Whether it ended without scores."""
        return self.status in ("Failed", "Stopped")


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing to do now."""


@dataclass(frozen=True, slots=True)
class SayAgain:
    """Repeat the verdict that stands in the registry."""


@dataclass(frozen=True, slots=True)
class Evaluate:
    """Have candidate and champion scored, as evaluation `number` of the run."""

    number: int


@dataclass(frozen=True, slots=True)
class Judge:
    """Decide by the scores of evaluation `number`, and register the candidate."""

    number: int


@dataclass(frozen=True, slots=True)
class Fail:
    """End the run: evaluation `number` was the last try."""

    number: int
    reason: str


Step = Rest | SayAgain | Evaluate | Judge | Fail


def next_step(*, is_registered: bool, scorings: Sequence[Scoring], champion: str | None) -> Step:
    """The one next step for a candidate whose evaluations so far are `scorings`, in order, where
    the version `champion` serves now."""
    if is_registered:
        return SayAgain()
    if not scorings:
        return Evaluate(1)
    number, last = len(scorings), scorings[-1]
    if last.status == "Completed":
        return Judge(number) if last.beside == champion else Evaluate(number + 1)
    if not last.has_failed:
        return Rest()
    failed = sum(scoring.has_failed for scoring in scorings)
    if failed < FAILURES:
        return Evaluate(number + 1)
    return Fail(number, f"The evaluation failed {failed} times: {last.why or 'it was stopped'}")
