"""Answers out of fold: no row taught the network that answered it."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import numpy as np
import pyarrow as pa

from learners.shared.evidence import common, out_of_fold, trained_rows
from learners.shared.row_hash import row_hashes
from learners.table import rows
from learners.table.folds import FOLDS, MOST_ROWS, dealt
from sluice.contracts.container import ContainerTree
from tests.tables import flowers, schema_of, write_job
from training.job import read_job
from training.train import train


def learn(root: Path, table: pa.Table, target: str, task: str, stop: Event | None = None) -> Path:
    write_job(root, table, schema_of(table, target, task))
    train(read_job(ContainerTree(root=root)), stop or Event())
    return root / "model"


def read(root: Path, table: pa.Table, target: str = "species") -> rows.Rows:
    schema = schema_of(table, target, "classification")
    return rows.read(write_job(root, table, schema) / "input/data/train", schema)[1]


def test_noise_that_could_be_learnt_by_heart_is_answered_by_chance(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    table = pa.table(
        {"x": rng.normal(size=120), "z": rng.normal(size=120), "y": np.arange(120) % 2}
    )
    found = out_of_fold(learn(tmp_path, table, "y", "classification"))
    assert found is not None
    assert len(found) == 120
    right = (found.answers.argmax(axis=1) == found.truth).mean()
    assert 0.3 < right < 0.7


def test_every_row_is_answered_once_and_known_by_its_hash(tmp_path: Path) -> None:
    table = flowers(90)
    model = learn(tmp_path, table, "species", "classification")
    found, trained = out_of_fold(model), trained_rows(model)
    assert found is not None
    np.testing.assert_array_equal(found.rows, trained)
    columns = {name: table[name].to_pylist() for name in table.column_names}
    columns["petal"] = table["petal"].to_numpy()
    columns["leaves"] = table["leaves"].to_numpy()
    columns["seen"] = table["seen"].to_numpy()
    np.testing.assert_array_equal(found.rows, np.sort(row_hashes(columns, table.column_names)))


def test_folds_and_hashes_follow_from_the_rows_and_not_from_their_order(tmp_path: Path) -> None:
    table = flowers(80)
    order = np.random.default_rng(1).permutation(80)
    one, other = read(tmp_path / "a", table), read(tmp_path / "b", table.take(order))
    np.testing.assert_array_equal(one.hashes[order], other.hashes)
    np.testing.assert_array_equal(dealt(one)[order], dealt(other))


def test_rows_that_look_alike_share_a_fold(tmp_path: Path) -> None:
    table = pa.concat_tables([flowers(60), flowers(60), flowers(20)])
    found = read(tmp_path, table)
    folds = dealt(found)
    for look in np.unique(found.feature_hashes):
        assert len(set(folds[found.feature_hashes == look])) == 1


def test_every_fold_has_its_share_of_each_class(tmp_path: Path) -> None:
    found = read(tmp_path, flowers(150))
    folds = dealt(found)
    for kind in range(3):
        counts = np.bincount(folds[found.target == kind], minlength=FOLDS)
        assert counts.max() - counts.min() <= 1
    sizes = np.bincount(folds, minlength=FOLDS)
    assert sizes.max() - sizes.min() <= 3


def test_copies_are_counted_when_rows_are_paired() -> None:
    one, other = (np.array(each, dtype=np.uint64) for each in ([5, 5, 7, 9], [7, 5, 5, 5, 8]))
    first, second = common(one, other)
    np.testing.assert_array_equal(one[first], other[second])
    assert sorted(one[first].tolist()) == [5, 5, 7]


def test_a_hash_knows_its_column_and_no_format() -> None:
    value = row_hashes({"a": np.array([1.0, np.nan])}, ["a"])
    assert (value == row_hashes({"a": np.array([1, 2])}, ["a"]))[0]
    assert (value != row_hashes({"b": np.array([1.0, np.nan])}, ["b"])).all()
    texts = row_hashes({"a": ["x", None]}, ["a"])
    assert texts[1] == value[1]
    both = {"a": ["x"], "b": ["y"]}
    assert row_hashes(both, ["a", "b"]) == row_hashes(both, ["b", "a"])
    assert row_hashes(both, ["a", "b"]) != row_hashes({"a": ["y"], "b": ["x"]}, ["a", "b"])


def test_where_rows_are_many_the_file_is_there_and_empty(tmp_path: Path) -> None:
    size = MOST_ROWS + 1
    table = pa.table({"x": np.random.default_rng(0).normal(size=size), "y": np.arange(size) % 2})
    model = learn(tmp_path, table, "y", "classification")
    assert out_of_fold(model) is None
    assert (model / "out_of_fold.parquet").is_file()
    assert len(trained_rows(model)) == size


def test_a_stop_between_the_folds_leaves_a_whole_model_without_them(tmp_path: Path) -> None:
    class StopsAfter(Event):
        """Set once it was asked so often: once a batch."""

        asked = 0

        def is_set(self) -> bool:
            self.asked += 1
            return self.asked > 200

    model = learn(tmp_path, flowers(60), "species", "classification", StopsAfter())
    assert out_of_fold(model) is None
    assert (model / "model.onnx").is_file()
