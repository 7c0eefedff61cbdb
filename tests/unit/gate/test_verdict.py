from typing import Any

import pytest

from functions.gate.against import rows_to_tell
from functions.gate.verdict import judge
from sluice.contracts.evaluation import Chance, Compared, Evaluation, Interval, Score
from sluice.contracts.spec import Gate, Policy
from sluice.contracts.spec_file import parse_spec


def interval(value: float, low: float | None = None, high: float | None = None) -> Interval:
    return Interval(
        value=value, low=value if low is None else low, high=value if high is None else high
    )


def evaluation(
    score: float = 0.9,
    *,
    chance: Chance = Chance(evidence="holdout", p=0.001, limit=0.025),  # noqa: B008 - frozen
    against: Interval | None = None,
    p_worse: float | None = None,
    **changes: Any,
) -> Evaluation:
    def scored(version: str, value: float) -> Score:
        return Score(version=version, metrics={"roc_auc": value}, score=interval(value))

    compared = Compared(
        holdout_rows=900,
        earlier_rows=100,
        out_of_fold_rows=0,
        left_out=7,
        candidate=score,
        p_worse=p_worse,
    )
    return Evaluation(
        metric="roc_auc",
        rows=1000,
        candidate=scored("new", score),
        baseline=scored("baseline", 0.5),
        chance=chance,
        candidate_minus_baseline=interval(score - 0.5),
        champion=scored("old", score - against.value) if against else None,
        candidate_minus_champion=against,
        compared=compared if against else None,
        **changes,
    )


def test_the_first_model_that_beats_chance_is_approved():
    verdict = judge(evaluation(), Gate())
    assert verdict.status == "Approved"
    assert "0.900" in verdict.reason
    assert "1,000 held-out rows" in verdict.reason


@pytest.mark.parametrize(
    ("p", "limit", "status"),
    [
        (0.025, 0.025, "Approved"),
        (0.026, 0.025, "Rejected"),
        (0.0028, 0.0028, "Approved"),
        (0.0029, 0.0028, "Rejected"),
    ],
)
def test_what_luck_does_too_often_is_refused(p, limit, status):
    luck = Chance(evidence="holdout", p=p, limit=limit)
    verdict = judge(evaluation(chance=luck), Gate())
    assert verdict.status == status
    assert ("always answering the same" in verdict.reason) == (status == "Rejected")


def test_answers_that_go_with_the_truth_but_miss_the_baseline_are_refused():
    verdict = judge(evaluation(0.5), Gate())
    assert verdict.status == "Rejected"


def test_the_sentence_says_which_rows_judged():
    luck = Chance(evidence="out_of_fold", p=0.2, limit=0.0028)
    reason = judge(evaluation(chance=luck), Gate()).reason
    assert "1,000 rows, each answered by a model trained without it" in reason
    assert "20.00%" in reason


def test_too_few_rows_to_tell_wait_for_a_person_and_say_how_many_would_do():
    luck = Chance(evidence="holdout", p=0.2, limit=0.025, enough_rows=8)
    verdict = judge(evaluation(1.0, chance=luck), Gate())
    assert verdict.status == "PendingManualApproval"
    assert "8 held-out rows would be enough" in verdict.reason


def test_the_stated_minimum_counts():
    verdict = judge(evaluation(0.9), Gate(at_least=0.95))
    assert verdict.status == "Rejected"
    assert "gate.at_least, 0.95" in verdict.reason


@pytest.mark.parametrize(
    ("mode", "difference", "status"),
    [
        ("not_worse", interval(0.0, -0.004, 0.004), "Approved"),
        ("not_worse", interval(0.0, -0.005, 0.004), "Approved"),
        ("not_worse", interval(0.0, -0.05, 0.05), "Approved"),
        ("not_worse", interval(-0.01, -0.05, 0.03), "PendingManualApproval"),
        ("not_worse", interval(-0.01, -0.03, -0.001), "Rejected"),
        ("better", interval(0.01, 0.001, 0.02), "Approved"),
        ("better", interval(0.01, 0.0, 0.02), "PendingManualApproval"),
        ("better", interval(-0.01, -0.02, 0.0), "Rejected"),
        ("ignore", interval(-0.3, -0.4, -0.2), "Approved"),
    ],
)
def test_a_candidate_as_good_is_released_a_worse_one_refused_and_between_auto_decides(
    mode, difference, status
):
    verdict = judge(evaluation(against=difference), Gate(against_champion=mode))
    assert verdict.status == status
    if mode != "ignore":
        assert "version old" in verdict.reason


@pytest.mark.parametrize(
    ("wish", "status"),
    [("wait", "PendingManualApproval"), ("release", "Approved"), ("reject", "Rejected")],
)
@pytest.mark.parametrize("value", [-0.01, 0.01])
def test_what_is_not_decided_goes_as_sluice_yaml_says(wish, status, value):
    difference = interval(value, -0.05, 0.05)
    assert judge(evaluation(against=difference), Gate(undecided=wish)).status == status


def test_on_few_rows_the_interval_alone_shows_no_harm():
    worse = interval(-0.02, -0.04, -0.001)
    assert judge(evaluation(against=worse, p_worse=0.01), Gate()).status == "Rejected"
    assert judge(evaluation(against=worse, p_worse=0.2), Gate()).status == "PendingManualApproval"


def test_an_undecided_candidate_hears_how_many_rows_would_tell():
    verdict = judge(evaluation(against=interval(-0.01, -0.05, 0.03)), Gate())
    assert "some 16,000 rows" in verdict.reason
    assert "900 held out now, 100 held out for that version" in verdict.reason


def test_rows_to_tell_grow_with_the_square_of_the_width():
    assert rows_to_tell(interval(-0.02, -0.06, 0.02), 100) == 400
    assert rows_to_tell(interval(0.0, -0.05, 0.05), 100) == 10_000
    assert rows_to_tell(interval(-0.02, -0.06, 0.02), 123) == 490


def test_a_champion_that_cannot_be_scored_waits_for_a_person():
    verdict = judge(evaluation(champion_error="Column age is gone."), Gate())
    assert verdict.status == "PendingManualApproval"
    assert "Column age is gone." in verdict.reason


def test_manual_approval_waits_but_never_saves_a_bad_model():
    assert judge(evaluation(), Gate(approval="manual")).status == "PendingManualApproval"
    worse = evaluation(against=interval(-0.2, -0.3, -0.1))
    assert judge(worse, Gate(approval="manual")).status == "Rejected"


def test_a_score_too_good_to_be_true_waits_with_the_column_named():
    alone = judge(evaluation(1.0, sole_column="outcome"), Gate())
    suspected = judge(evaluation(0.9995), Gate(), suspects=["outcome", "id"])
    for verdict in (alone, suspected):
        assert verdict.status == "PendingManualApproval"
        assert "'outcome'" in verdict.reason
    assert judge(evaluation(0.99), Gate(), suspects=["outcome"]).status == "Approved"


@pytest.mark.parametrize("name", ["outcome", "Price, EUR", "a: b]", "no", "it`s"])
def test_the_line_that_leaves_a_column_out_names_that_column_alone(name: str):
    for verdict in (
        judge(evaluation(1.0, sole_column=name), Gate()),
        judge(evaluation(0.9995), Gate(), suspects=[name]),
        judge(evaluation(0.7), Gate(), suspects=[name], target_guessed=True),
    ):
        line = verdict.reason.rpartition(" in sluice.yaml")[0].rpartition("write ")[2]
        assert parse_spec(line.strip("`"), Policy()).exclude == (name,)


def test_a_guessed_target_that_a_column_gives_away_waits_whatever_the_score():
    verdict = judge(evaluation(0.7), Gate(), suspects=["outcome"], target_guessed=True)
    assert verdict.status == "PendingManualApproval"
    assert "guess" in verdict.reason
    assert judge(evaluation(0.7), Gate(), target_guessed=True).status == "Approved"


def test_a_leak_does_not_save_a_candidate_that_is_worse():
    worse = evaluation(1.0, against=interval(-0.2, -0.3, -0.1), sole_column="outcome")
    assert judge(worse, Gate()).status == "Rejected"
