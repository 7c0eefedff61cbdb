"""Judges a candidate by its evaluation. Pure: numbers in, one status and one sentence out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from sluice.contracts.evaluation import Evaluation, Interval
from sluice.contracts.spec import Gate
from sluice.contracts.tasks import METRICS

NOT_WORSE_MARGIN: Final = 0.005
"""How much worse than the champion, in the metric's own unit, still counts as not worse."""

Status = Literal["Approved", "PendingManualApproval", "Rejected"]
"""SageMaker's ModelApprovalStatus."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What the gate decided and why."""

    status: Status
    reason: str


def judge(evaluation: Evaluation, gate: Gate) -> Verdict:
    """The verdict on a candidate.

    It must beat the trivial baseline, reach the stated minimum, and hold against the champion by
    the lower end of the paired 95 % bootstrap interval; then the approval policy decides.
    """
    metric = METRICS[evaluation.metric].display
    candidate = evaluation.candidate.score
    scored = f"{metric} {candidate.value:.3f} on {evaluation.rows:,} held-out rows"

    gain = evaluation.candidate_minus_baseline
    if gain.low <= 0:
        return Verdict(
            status="Rejected",
            reason=f"No better than always answering the same: {scored}, the baseline has "
            f"{evaluation.baseline.score.value:.3f} ({_interval('gain', gain)}). "
            "Check the target, or drop more or better data.",
        )
    if gate.at_least is not None and candidate.value < gate.at_least:
        return Verdict(
            status="Rejected",
            reason=f"{scored}, below gate.at_least, {gate.at_least:g}.",
        )
    compared = f"above the baseline's {evaluation.baseline.score.value:.3f}"
    if evaluation.champion_error and gate.against_champion != "ignore":
        return Verdict(
            status="PendingManualApproval",
            reason=f"{scored}. It cannot be compared with the version that serves now: "
            f"{evaluation.champion_error} A person decides.",
        )
    if evaluation.champion and gate.against_champion != "ignore":
        difference = evaluation.candidate_minus_champion
        if difference is None:
            raise ValueError("An evaluation that scored a champion has no difference to it.")
        bar, wanted = (
            (0.0, "better than")
            if gate.against_champion == "better"
            else (-NOT_WORSE_MARGIN, "not worse than")
        )
        champion = (
            f"version {evaluation.champion.version}, which serves now and has "
            f"{evaluation.champion.score.value:.3f}"
        )
        against = _interval("difference", difference)
        if difference.low <= bar:
            return Verdict(
                status="Rejected",
                reason=f"{scored}; not shown to be {wanted} {champion} ({against}).",
            )
        compared = f"{wanted} {champion} ({against})"
    if gate.approval == "manual":
        return Verdict(
            status="PendingManualApproval",
            reason=f"{scored}, {compared}. It waits for a person's approval.",
        )
    return Verdict(status="Approved", reason=f"{scored}, {compared}.")


def _interval(name: str, interval: Interval) -> str:
    return (
        f"{name} {interval.value:+.3f}, 95 % interval {interval.low:+.3f} to {interval.high:+.3f}"
    )
