"""Which messages of a batch a function took."""

from types import SimpleNamespace

import pytest

from localcloud.awslambda.pollers import taken

A, B = SimpleNamespace(id="a"), SimpleNamespace(id="b")


def _failures(*ids):
    return {"batchItemFailures": [{"itemIdentifier": i} for i in ids]}


@pytest.mark.parametrize("answer", [None, {}, {"batchItemFailures": None}, _failures()])
def test_without_failures_all_are_taken(answer):
    assert taken([A, B], answer) == [A, B]


def test_the_failed_ones_are_not():
    assert taken([A, B], _failures("a")) == [B]


@pytest.mark.parametrize(
    "answer", [_failures("z"), _failures(None), {"batchItemFailures": [{}]}, _failures("a", "a")]
)
def test_an_answer_that_makes_no_sense_fails_the_whole_batch(answer):
    assert taken([A, B], answer) == []
