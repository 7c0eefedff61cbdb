import pytest

from functions.gate.verdict import judge
from sluice.contracts.evaluation import Evaluation, Interval, Score
from sluice.contracts.spec import Gate


def interval(value: float, low: float | None = None, high: float | None = None) -> Interval:
    return Interval(
        value=value, low=value if low is None else low, high=value if high is None else high
    )


def evaluation(
    score: float = 0.9,
    *,
    gain: Interval | None = None,
    against: Interval | None = None,
    champion_error: str | None = None,
) -> Evaluation:
    def scored(version: str, value: float) -> Score:
        return Score(version=version, metrics={"roc_auc": value}, score=interval(value))

    return Evaluation(
        metric="roc_auc",
        rows=1000,
        candidate=scored("new", score),
        baseline=scored("baseline", 0.5),
        champion=scored("old", score - against.value) if against else None,
        candidate_minus_baseline=gain or interval(score - 0.5),
        candidate_minus_champion=against,
        champion_error=champion_error,
    )


def test_the_first_model_that_beats_the_baseline_is_approved():
    verdict = judge(evaluation(), Gate())
    assert verdict.status == "Approved"
    assert "0.900" in verdict.reason
    assert "1,000 held-out rows" in verdict.reason


@pytest.mark.parametrize("low", [0.0, -0.01])
def test_a_model_that_may_be_no_better_than_the_baseline_is_refused(low):
    verdict = judge(evaluation(0.52, gain=interval(0.02, low, 0.05)), Gate())
    assert verdict.status == "Rejected"
    assert "always answering the same" in verdict.reason


def test_the_stated_minimum_counts():
    verdict = judge(evaluation(0.9), Gate(at_least=0.95))
    assert verdict.status == "Rejected"
    assert "gate.at_least, 0.95" in verdict.reason


@pytest.mark.parametrize(
    ("mode", "difference", "status"),
    [
        ("not_worse", interval(0.0, -0.004, 0.004), "Approved"),
        ("not_worse", interval(0.0, -0.005, 0.004), "Rejected"),
        ("not_worse", interval(0.02, -0.006, 0.05), "Rejected"),
        ("better", interval(0.01, 0.001, 0.02), "Approved"),
        ("better", interval(0.01, 0.0, 0.02), "Rejected"),
        ("ignore", interval(-0.3, -0.4, -0.2), "Approved"),
    ],
)
def test_the_lower_end_of_the_interval_decides_against_the_champion(mode, difference, status):
    verdict = judge(evaluation(against=difference), Gate(against_champion=mode))
    assert verdict.status == status
    if mode != "ignore":
        assert "version old" in verdict.reason


def test_a_champion_that_cannot_be_scored_waits_for_a_person():
    verdict = judge(evaluation(champion_error="Column age is gone."), Gate())
    assert verdict.status == "PendingManualApproval"
    assert "Column age is gone." in verdict.reason


def test_manual_approval_waits_but_never_saves_a_bad_model():
    assert judge(evaluation(), Gate(approval="manual")).status == "PendingManualApproval"
    worse = evaluation(against=interval(-0.2, -0.3, -0.1))
    assert judge(worse, Gate(approval="manual")).status == "Rejected"
