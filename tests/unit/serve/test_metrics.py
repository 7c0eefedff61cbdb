"""Own metrics held against scikit-learn, and intervals against what they must contain."""

from __future__ import annotations

import time

import numpy as np
import pytest
from sklearn import metrics as reference

from learners.shared import metrics, resampling

RNG = np.random.default_rng(7)
ROWS = 400


def resampled(rows: int = ROWS, times: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Row numbers drawn with replacement, and the counts that say the same."""
    drawn = RNG.integers(0, rows, (times, rows))
    counts = np.stack([np.bincount(each, minlength=rows) for each in drawn])
    return drawn, counts.astype(np.float64)


@pytest.mark.parametrize("decimals", [1, 8], ids=["ties", "no ties"])
def test_roc_auc(decimals: int) -> None:
    positive = RNG.random(ROWS) < 0.3
    score = np.round(positive * 0.3 + RNG.random(ROWS), decimals)
    drawn, counts = resampled()
    expected = [reference.roc_auc_score(positive[each], score[each]) for each in drawn]
    np.testing.assert_allclose(metrics.roc_auc(positive, score)(counts), expected)


def test_balanced_accuracy() -> None:
    truth = RNG.integers(0, 4, ROWS)
    guess = np.where(RNG.random(ROWS) < 0.6, truth, RNG.integers(0, 4, ROWS))
    drawn, counts = resampled()
    expected = [reference.balanced_accuracy_score(truth[each], guess[each]) for each in drawn]
    np.testing.assert_allclose(metrics.balanced_accuracy(truth, guess, 4)(counts), expected)


@pytest.mark.parametrize("offset", [0.0, 1e9])
def test_r2(offset: float) -> None:
    truth = RNG.normal(size=ROWS) * 3 + offset
    value = truth + RNG.normal(size=ROWS)
    drawn, counts = resampled()
    expected = [reference.r2_score(truth[each], value[each]) for each in drawn]
    np.testing.assert_allclose(metrics.r2(truth, value)(counts), expected, rtol=1e-6)


def test_log_loss() -> None:
    probabilities = RNG.dirichlet([1, 1, 1], ROWS)
    truth = RNG.integers(0, 3, ROWS)
    expected = reference.log_loss(truth, probabilities, labels=[0, 1, 2])
    assert metrics.log_loss(truth, probabilities) == pytest.approx(expected, rel=1e-4)


def test_a_resample_of_one_class_leaves_the_area_undefined() -> None:
    positive = np.array([True, False, False])
    area = metrics.roc_auc(positive, np.array([0.9, 0.1, 0.2]))
    found = area(np.array([[1.0, 1, 1], [0, 2, 1], [3, 0, 0]]))
    assert found[0] == 1
    assert np.isnan(found[1:]).all()
    assert resampling.interval(1.0, found).low == 1.0


def test_a_class_that_a_resample_lacks_does_not_count() -> None:
    truth = np.array([0, 1, 1])
    found = metrics.balanced_accuracy(truth, np.array([1, 1, 1]), 3)(np.array([[0.0, 2, 1]]))
    assert found[0] == 1.0


def test_a_constant_resample_leaves_r2_undefined() -> None:
    found = metrics.r2(np.array([1.0, 2.0]), np.array([1.0, 2.5]))(np.array([[2.0, 0]]))
    assert np.isnan(found[0])


def test_the_interval_holds_the_value_and_narrows_with_the_rows() -> None:
    def width(rows: int) -> float:
        truth = np.arange(rows) % 2
        guess = np.where(np.random.default_rng(0).random(rows) < 0.8, truth, 1 - truth)
        statistic = metrics.balanced_accuracy(truth, guess, 2)
        value = resampling.value_of(statistic, rows)
        found = resampling.interval(value, resampling.bootstrap([statistic], rows)[0])
        assert found.low < value < found.high
        return found.high - found.low

    assert width(4000) < 0.5 * width(400)


def test_paired_resamples_are_the_same_on_every_call() -> None:
    positive = RNG.random(ROWS) < 0.5
    area = metrics.roc_auc(positive, RNG.random(ROWS))
    once, twice = resampling.bootstrap([area, area], ROWS)
    np.testing.assert_array_equal(once, twice)
    np.testing.assert_array_equal(once, resampling.bootstrap([area], ROWS)[0])
    assert len(once) == resampling.RESAMPLES


def test_many_rows_take_bounded_time() -> None:
    rows = 100_000
    positive = RNG.random(rows) < 0.5
    began = time.process_time()
    resampling.bootstrap([metrics.roc_auc(positive, RNG.random(rows))], rows, resamples=20)
    assert time.process_time() - began < 5
