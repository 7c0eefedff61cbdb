"""The permutation test against brute force, and against noise: it may pass 2.5 % of it."""

from __future__ import annotations

import itertools
import math
import time

import numpy as np
import pytest
from sklearn import metrics as reference

from learners.interface import Agreement
from learners.shared.evidence import OutOfFold
from learners.shared.metrics import mid_ranks
from learners.shared.permutation import arrangements, p_value, rows_to_tell
from learners.table.judge import TableJudge, judge
from serving.chance import LIMIT, Evidence, chance, settle
from sluice.contracts.dataset import Schema, Target

RNG = np.random.default_rng(3)
_BEGIN = RNG.bit_generator.state


@pytest.fixture(autouse=True)
def _the_same_draws() -> None:
    """Whichever tests ran before, and in which process."""
    RNG.bit_generator.state = _BEGIN


def judge_of(classes: int | None, metric: str = "auto") -> TableJudge:
    labels = tuple(range(classes)) if classes else None
    schema = Schema(
        columns=(),
        target=Target(name="y", classes=labels, baseline=0),
        task="classification" if classes else "regression",
    )
    return judge(schema, metric)


def random_rows(judged: TableJudge, rows: int) -> tuple[np.ndarray, np.ndarray]:
    classes = judged.target.classes
    if classes is None:
        return RNG.normal(size=rows), RNG.normal(size=rows)
    truth = RNG.permutation(np.arange(rows) % len(classes))
    return truth, RNG.dirichlet(np.ones(len(classes)), rows)


@pytest.mark.parametrize(
    ("classes", "metric"), [(2, "roc_auc"), (2, "balanced_accuracy"), (3, "auto"), (None, "auto")]
)
@pytest.mark.parametrize("rows", [4, 6])
def test_few_rows_are_told_as_by_trying_every_order(
    classes: int | None, metric: str, rows: int
) -> None:
    judged = judge_of(classes, metric)
    for _ in range(5):
        truth, answers = random_rows(judged, rows)
        name = judged.metric
        seen = judged.score(truth, answers).metrics[name]
        tried = [
            judged.score(truth[list(order)], answers).metrics[name]
            for order in itertools.permutations(range(rows))
        ]
        share = np.mean(np.array(tried) >= seen - 1e-9)
        assert p_value(judged.agreement(truth, answers)) == pytest.approx(share)


@pytest.mark.parametrize(("classes", "metric"), [(2, "roc_auc"), (3, "auto"), (None, "auto")])
def test_draws_and_the_normal_curve_agree(classes: int | None, metric: str) -> None:
    judged = judge_of(classes, metric)
    truth, answers = random_rows(judged, 600)
    groups = np.arange(600) % 4
    found = judged.agreement(truth, answers, groups)
    # So many copies of the columns, all zero, that the cells are too many to be drawn.
    wide = Agreement(
        truth=np.pad(found.truth, ((0, 0), (0, 100))),
        answers=np.pad(found.answers, ((0, 0), (0, 100))),
    )
    assert p_value(wide, groups) == pytest.approx(p_value(found, groups), abs=0.06)


@pytest.mark.parametrize("rows", [3, 4, 5, 6, 8, 20, 60])
@pytest.mark.parametrize("classes", [2, 3, None])
def test_of_noise_little_passes_at_any_size(rows: int, classes: int | None) -> None:
    judged = judge_of(classes)
    times = 300
    passed = 0
    for _ in range(times):
        truth, answers = random_rows(judged, rows)
        found = chance(judged, Evidence(kind="holdout", truth=truth, answers=answers))
        passed += found.p <= found.limit
    # Of 300, 2.5 % is 7.5 with a deviation of 2.7.
    assert passed <= 17


@pytest.mark.parametrize("classes", [2, 3, None])
def test_answers_that_are_all_the_same_never_pass(classes: int | None) -> None:
    judged = judge_of(classes)
    truth, answers = random_rows(judged, 50)
    assert p_value(judged.agreement(truth, np.ones_like(answers))) == 1.0


def test_a_clear_rule_passes_on_eight_rows() -> None:
    judged = judge_of(2)
    truth = np.array([0, 1] * 4)
    found = chance(judged, Evidence(kind="holdout", truth=truth, answers=np.eye(2)[truth]))
    assert found.p == pytest.approx(1 / 70)
    assert found.enough_rows is None


def test_what_no_answers_could_show_is_known_from_the_truths() -> None:
    classes = np.eye(2)[[0, 0, 1, 1]]
    assert arrangements(classes) == pytest.approx(math.log(6))
    assert rows_to_tell(classes, LIMIT) == 8
    assert rows_to_tell(np.arange(3.0)[:, None], LIMIT) == 5
    assert rows_to_tell(np.eye(2)[[1, 1, 1]], LIMIT) <= 40


@pytest.mark.parametrize(
    ("counts", "kind"),
    [
        ((50, 50), "holdout"),
        ((50, 49), "out_of_fold"),
        ((191, 9), "out_of_fold"),
        ((200, 0), "out_of_fold"),
    ],
)
def test_which_rows_judge_follows_from_their_number(counts: tuple[int, int], kind: str) -> None:
    judged = judge_of(2)
    truth, fold_truth = np.repeat([0, 1], counts), np.arange(400) % 2
    folds = OutOfFold(
        rows=np.arange(400, dtype=np.uint64),
        folds=np.arange(400) // 2 % 5,
        truth=fold_truth,
        answers=np.eye(2)[fold_truth],
    )
    answers = np.eye(2)[truth]
    assert settle(judged, truth, answers, folds).kind == kind
    assert settle(judged, truth, answers, None).kind == "holdout"


def test_truths_stay_in_their_group() -> None:
    truth = np.array([0.0, 0.0, 1.0, 1.0])[:, None]
    groups = np.array([0, 0, 1, 1])
    # Between the groups they differ, within them there is nothing to shuffle.
    assert p_value(Agreement(truth=truth, answers=truth), groups) == 1.0


def test_ranks_within_groups_make_the_area() -> None:
    positive = RNG.random(200) < 0.4
    score = np.round(RNG.random(200), 1)
    wins = mid_ranks(score)[positive].sum() - positive.sum() * (positive.sum() + 1) / 2
    area = wins / (positive.sum() * (~positive).sum())
    assert area == pytest.approx(reference.roc_auc_score(positive, score))
    groups = np.arange(200) % 3
    ranks = mid_ranks(score, groups)
    for group in range(3):
        np.testing.assert_array_equal(ranks[groups == group], mid_ranks(score[groups == group]))


def test_many_rows_take_bounded_time() -> None:
    judged = judge_of(2)
    truth, answers = random_rows(judged, 200_000)
    began = time.process_time()
    assert 0 < p_value(judged.agreement(truth, answers)) < 1
    assert time.process_time() - began < 5
