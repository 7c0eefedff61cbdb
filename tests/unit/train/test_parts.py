"""Bins, the split and the optimiser, each held against what it must equal."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from learners.shared.optimizer import FlatAdamW
from learners.table.bins import Bins
from learners.table.encoder import Encoded
from learners.table.export import check_equal
from learners.table.graph import build
from learners.table.network import TableNetwork
from learners.table.rows import Rows, split


def rows(target: list[int]) -> Rows:
    numeric = np.arange(len(target), dtype=np.float32)[:, None]
    categorical = np.zeros((len(target), 0), dtype=np.int64)
    hashes = np.arange(len(target), dtype=np.uint64)
    return Rows(
        encoded=Encoded(numeric=numeric, categorical=categorical),
        target=np.array(target),
        hashes=hashes,
        feature_hashes=hashes,
    )


def test_a_column_that_is_nearly_always_zero_has_bins_beyond_zero() -> None:
    spiky = np.zeros((1000, 1), dtype=np.float32)
    spiky[:50, 0] = np.arange(1, 51)
    bins = Bins.fit(spiky)
    assert (bins.inverse > 0).sum() >= 10


@pytest.mark.parametrize("value", [np.nan, 0.0, 1e30])
def test_a_column_that_tells_nothing_has_no_bins(value: float) -> None:
    bins = Bins.fit(np.full((10, 1), value, dtype=np.float32))
    for part in (bins.low, bins.inverse, bins.median, bins.scale):
        assert np.isfinite(part).all()
    assert bins.scale[0] == 0


def test_validation_rows_are_no_training_rows_and_have_every_class() -> None:
    train, held = split(rows([0] * 80 + [1] * 15 + [2] * 5), stratify=True, seed=0)
    numbers = [set(part.encoded.numeric[:, 0].tolist()) for part in (train, held)]
    assert not numbers[0] & numbers[1]
    assert len(numbers[0] | numbers[1]) == 100
    assert set(train.target) == {0, 1, 2}
    assert 0.1 < len(held) / 100 < 0.2


def test_a_class_of_one_row_stays_in_training() -> None:
    for seed in range(20):
        train, _ = split(rows([0] * 40 + [1]), stratify=True, seed=seed)
        assert 1 in train.target


def test_two_rows_serve_as_both() -> None:
    train, held = split(rows([0, 1]), stratify=True, seed=0)
    assert len(train) == len(held) == 2


def test_the_flat_optimiser_is_adamw() -> None:
    torch.manual_seed(0)
    ours, theirs = nn.Linear(4, 3), nn.Linear(4, 3)
    theirs.load_state_dict(ours.state_dict())
    flat = FlatAdamW(ours, weight_decay=0.1, max_norm=1e9)
    reference = torch.optim.AdamW(
        [
            {"params": theirs.weight, "weight_decay": 0.1},
            {"params": theirs.bias, "weight_decay": 0},
        ],
        lr=0.01,
        betas=(0.9, 0.99),
    )
    for _ in range(10):
        x = torch.randn(8, 4)
        flat.zero_grad()
        torch.autograd.backward((ours(x) ** 2).mean())
        flat.step(0.01)
        reference.zero_grad()
        torch.autograd.backward((theirs(x) ** 2).mean())
        reference.step()
    torch.testing.assert_close(ours.weight, theirs.weight)
    torch.testing.assert_close(ours.bias, theirs.bias)


@pytest.fixture
def network() -> TableNetwork:
    torch.manual_seed(0)
    numeric = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32)
    return TableNetwork(bins=Bins.fit(numeric), cardinalities=[4, 5], outputs=2).eval()


def sample() -> Encoded:
    rng = np.random.default_rng(1)
    numeric = rng.normal(size=(20, 3)).astype(np.float32)
    numeric[rng.random((20, 3)) < 0.3] = np.nan
    return Encoded(numeric=numeric, categorical=rng.integers(0, 4, (20, 2)))


def test_the_graph_answers_as_torch(network: TableNetwork) -> None:
    encoded = sample()
    with torch.inference_mode():
        outputs = network(torch.from_numpy(encoded.numeric), torch.from_numpy(encoded.categorical))
    classes = build(network, classes=2)
    assert check_equal(classes, encoded, outputs.softmax(-1).mean(0).numpy()) <= 1e-5
    value = build(network, classes=None, mean=5.0, deviation=100.0)
    expected = outputs.mean(dim=(0, 2)).numpy() * 100 + 5
    assert check_equal(value, encoded, expected, unit=100.0) <= 1e-5


def test_a_graph_that_answers_otherwise_is_not_exported(network: TableNetwork) -> None:
    encoded = sample()
    with pytest.raises(RuntimeError, match="differ"):
        check_equal(build(network, classes=2), encoded, np.full((20, 2), 0.9))
    with pytest.raises(RuntimeError, match="differ"):
        check_equal(build(network, classes=2), encoded, np.full((20, 2), np.nan))
