"""Judges a candidate by its evaluation. Pure: numbers in, one status and one sentence out.

too few rows to tell it from chance ....... a person decides
not better than chance .................... rejected
below gate.at_least ....................... rejected
shown to be worse than the champion ....... rejected
a column gives the target away ............ a person decides
the champion cannot be compared ........... a person decides
neither as good nor worse ................. as gate.undecided says
else ...................................... released, or a person where gate.approval is manual
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from functions.gate.against import Against, against_champion
from sluice.contracts.evaluation import Evaluation, Interval
from sluice.contracts.spec import Gate
from sluice.contracts.spec_lines import exclude_line
from sluice.contracts.tasks import METRICS

NEARLY_PERFECT: Final = 0.999
"""A deciding metric from here on is not believed where validate suspects a column."""

Status = Literal["Approved", "PendingManualApproval", "Rejected"]
"""SageMaker's ModelApprovalStatus."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What the gate decided and why."""

    status: Status
    reason: str


def judge(
    evaluation: Evaluation,
    gate: Gate,
    *,
    suspects: Sequence[str] = (),
    target_guessed: bool = False,
) -> Verdict:
    """The verdict on a candidate, whose dataset has columns that validate suspects of being leaks,
    and perhaps a target that nobody named."""
    scored = _scored(evaluation)
    if evaluation.chance.enough_rows is not None:
        return _waits(
            f"{scored}: too few to tell a model from chance, whatever it answers. "
            f"{evaluation.chance.enough_rows} held-out rows would be enough; about a fifth of a "
            "drop's rows are held out. A person decides."
        )
    if not _is_better_than_chance(evaluation):
        return Verdict(
            status="Rejected",
            reason=f"No better than always answering the same: {scored}, the baseline has "
            f"{evaluation.baseline.score.value:.3f} ({_luck(evaluation)}). "
            "Check the target, or drop more or better data.",
        )
    value = evaluation.candidate.score.value
    if gate.at_least is not None and value < gate.at_least:
        return Verdict(
            status="Rejected", reason=f"{scored}, below gate.at_least, {gate.at_least:g}."
        )
    against = against_champion(evaluation, gate)
    if against and against.outcome == "reject":
        return Verdict(status="Rejected", reason=f"{scored}; {against.words}.")
    if leak := _leak(evaluation, suspects, target_guessed):
        return _waits(f"{scored}. {leak} A person decides.")
    if evaluation.champion_error and gate.against_champion != "ignore":
        return _waits(
            f"{scored}. It cannot be compared with the version that serves now: "
            f"{evaluation.champion_error} A person decides."
        )
    return _released(evaluation, gate, against)


def _released(evaluation: Evaluation, gate: Gate, against: Against | None) -> Verdict:
    """What becomes of a candidate that nothing speaks against."""
    scored = _scored(evaluation)
    above = f"above the baseline's {evaluation.baseline.score.value:.3f}"
    compared = against.words if against else above
    if against and against.outcome == "wait":
        return _waits(f"{scored}; {compared}. A person decides.")
    if gate.approval == "manual":
        return _waits(f"{scored}, {compared}. It waits for a person's approval.")
    return Verdict(status="Approved", reason=f"{scored}, {compared}.")


def _is_better_than_chance(evaluation: Evaluation) -> bool:
    chance = evaluation.chance
    return (
        chance.p <= chance.limit
        and evaluation.candidate.score.value > evaluation.baseline.score.value
    )


def _leak(evaluation: Evaluation, suspects: Sequence[str], target_guessed: bool) -> str | None:
    """Why the score may be too good to be true; None: nothing points to it."""
    if suspects and target_guessed:
        return (
            f"The target was a guess, and column {suspects[0]!r} gives it away. Name the target "
            f"in sluice.yaml, or write {exclude_line(suspects[0])}."
        )
    if suspects and evaluation.candidate.score.value >= NEARLY_PERFECT:
        return (
            f"So good a score may be a leak: validate suspects column {suspects[0]!r}. If it is "
            f"not known at the time of asking, write {exclude_line(suspects[0])}."
        )
    if evaluation.sole_column is not None:
        return (
            f"So good a score may be a leak: column {evaluation.sole_column!r} alone tells the "
            "target of every held-out row. If it is not known at the time of asking, write "
            f"{exclude_line(evaluation.sole_column)}."
        )
    return None


def _scored(evaluation: Evaluation) -> str:
    metric = METRICS[evaluation.metric].display
    rows = f"{evaluation.rows:,} held-out rows"
    if evaluation.chance.evidence == "out_of_fold":
        rows = f"{evaluation.rows:,} rows, each answered by a model trained without it"
    return f"{metric} {evaluation.candidate.score.value:.3f} on {rows}"


def _luck(evaluation: Evaluation) -> str:
    chance = evaluation.chance
    return (
        f"{_interval('gain', evaluation.candidate_minus_baseline)}; luck alone does as well in "
        f"{chance.p:.2%} of cases, {chance.limit:.2%} are allowed"
    )


def _interval(name: str, interval: Interval) -> str:
    return (
        f"{name} {interval.value:+.3f}, 95 % interval {interval.low:+.3f} to {interval.high:+.3f}"
    )


def _waits(reason: str) -> Verdict:
    return Verdict(status="PendingManualApproval", reason=reason)
