"""Which rows say whether a candidate is better than chance, and what they say."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from learners.interface import Judge
from learners.shared.evidence import OutOfFold
from learners.shared.permutation import arrangements, p_value, rows_to_tell
from sluice.contracts.evaluation import Chance

LIMIT: Final = 0.025
"""Of noise, so much may pass."""

LIMIT_OUT_OF_FOLD: Final = 0.0028
"""Φ(-1.96 √2). Answers out of fold depend on each other's truths: where two rows answer for each
other alike, as by a kernel or the nearest neighbour, each pair counts twice, and the variance is up
to twice what shuffled truths show. A bar at 1.96 √2 of their deviations holds 2.5 % there too."""

_FEW_ROWS: Final = 100
_FEW_OF_A_CLASS: Final = 10
"""Holdouts of fewer are left to the answers out of fold, where there are any."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """The rows that judge, with the candidate's answers."""

    kind: Literal["holdout", "out_of_fold"]
    truth: npt.NDArray[Any]
    answers: npt.NDArray[Any]
    groups: npt.NDArray[np.int64] | None = None
    """Folds: the truths are shuffled within each, because each was answered by its own model."""

    @property
    def limit(self) -> float:
        """The largest p that rules luck out."""
        return LIMIT if self.kind == "holdout" else LIMIT_OUT_OF_FOLD

    def can_tell(self, judge: Judge) -> bool:
        """Whether any answers to these rows could come below the limit; by the truths alone."""
        truth = judge.agreement(self.truth, self.answers, self.groups).truth
        return arrangements(truth, self.groups) >= -math.log(self.limit)


def settle(
    judge: Judge,
    truth: npt.NDArray[Any],
    answers: npt.NDArray[Any],
    out_of_fold: OutOfFold | None,
) -> Evidence:
    """Which rows judge. By how many there are, never by what they say: or the better of two tries
    would count."""
    holdout = Evidence(kind="holdout", truth=truth, answers=answers)
    if out_of_fold is None or not _is_small(truth, np.unique(out_of_fold.truth)):
        return holdout
    folds = Evidence(
        kind="out_of_fold",
        truth=out_of_fold.truth,
        answers=out_of_fold.answers,
        groups=out_of_fold.folds,
    )
    return folds if folds.can_tell(judge) else holdout


def chance(judge: Judge, evidence: Evidence) -> Chance:
    """The permutation test of the deciding metric."""
    agreement = judge.agreement(evidence.truth, evidence.answers, evidence.groups)
    can_tell = evidence.can_tell(judge)
    return Chance(
        evidence=evidence.kind,
        p=p_value(agreement, evidence.groups),
        limit=evidence.limit,
        enough_rows=None if can_tell else rows_to_tell(agreement.truth, LIMIT),
    )


def _is_small(truth: npt.NDArray[Any], known: npt.NDArray[Any]) -> bool:
    """Whether these are few rows, or one of the `known` classes has few of them or none."""
    if len(truth) < _FEW_ROWS:
        return True
    is_class = truth.dtype.kind == "i"
    return is_class and any((truth == label).sum() < _FEW_OF_A_CLASS for label in known)
