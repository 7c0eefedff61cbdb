"""The built-in learner, in this process, on tables of a few hundred rows."""

from __future__ import annotations

import json
import re
from pathlib import Path
from threading import Event

import numpy as np
import pyarrow as pa
import pytest

from learners.shared.parquet import batches
from learners.table.answer import load
from sluice.contracts.container import ContainerTree
from sluice.contracts.tasks import CLASSIFICATION
from sluice.contracts.training import METRIC_DEFINITIONS
from tests.tables import flowers, houses, schema_of, write_job
from training.job import read_job
from training.train import main, train


def learn(root: Path) -> Path:
    train(read_job(ContainerTree(root=root)), Event())
    return root / "model"


def answers(model: Path, table: pa.Table, folder: Path) -> np.ndarray:
    """What the exported model says of rows it never saw."""
    folder.mkdir()
    pa.parquet.write_table(table, folder / "rows.parquet")
    (batch,) = batches(folder, table.column_names)
    return load(model).answer(batch)


@pytest.fixture(scope="module")
def flower_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    table = flowers(missing=0.1)
    root = tmp_path_factory.mktemp("job")
    return learn(write_job(root, table, schema_of(table, "species", "classification")))


def test_a_learnable_table_is_learnt(flower_model: Path, tmp_path: Path) -> None:
    unseen = flowers(300, seed=1)
    found = answers(flower_model, unseen, tmp_path / "unseen").argmax(axis=1)
    labels = np.array(["setosa", "versicolor", "virginica"])[found]
    assert np.mean(labels == np.array(unseen["species"].to_pylist())) >= 0.9


def test_a_number_is_learnt_in_its_own_unit(tmp_path: Path) -> None:
    table = houses()
    model = learn(write_job(tmp_path / "job", table, schema_of(table, "price", "regression")))
    unseen = houses(200, seed=1)
    truth = unseen["price"].to_numpy()
    error = answers(model, unseen, tmp_path / "unseen") - truth
    assert 1 - np.var(error) / np.var(truth) > 0.95


def test_the_model_folder_holds_what_is_agreed_and_nothing_else(flower_model: Path) -> None:
    assert sorted(path.name for path in flower_model.iterdir()) == sorted(
        CLASSIFICATION.model_files
    )
    facts = json.loads((flower_model / "training.json").read_bytes())
    assert facts["rows"] == 150
    assert facts["precision"] == "fp32"
    assert 1 <= facts["best_epoch"] <= facts["epochs"]
    assert facts["onnx_difference"] <= 1e-4


def test_the_same_data_gives_the_same_weights_bit_by_bit(
    flower_model: Path, tmp_path: Path
) -> None:
    table = flowers(missing=0.1)
    schema = schema_of(table, "species", "classification")
    again = learn(write_job(tmp_path / "again", table, schema))
    other = learn(write_job(tmp_path / "other", table, schema, seed=1))
    weights = (flower_model / "weights.safetensors").read_bytes()
    assert (again / "weights.safetensors").read_bytes() == weights
    assert (other / "weights.safetensors").read_bytes() != weights


def test_every_epoch_prints_the_metrics_that_cloudwatch_reads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = flowers(60)
    learn(write_job(tmp_path, table, schema_of(table, "species", "classification")))
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("epoch=")]
    assert 1 <= len(lines) <= 60
    for definition in METRIC_DEFINITIONS:
        found = [re.search(definition["Regex"], line) for line in lines]
        assert all(match and np.isfinite(float(match[1])) for match in found)


@pytest.mark.parametrize(
    "columns", [["petal"], ["soil"], ["wild", "species"]], ids=["numbers", "category", "boolean"]
)
def test_one_kind_of_column_is_enough(tmp_path: Path, columns: list[str]) -> None:
    table = flowers(80).select([*dict.fromkeys([*columns, "species"])])
    learn(write_job(tmp_path, table, schema_of(table, "species", "classification")))


def test_that_a_value_is_missing_can_be_what_counts(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    gone = rng.random(300) < 0.5
    table = pa.table({"x": pa.array(rng.normal(size=300), mask=gone), "y": gone})
    model = learn(write_job(tmp_path / "job", table, schema_of(table, "y", "classification")))
    found = answers(model, table.slice(0, 50), tmp_path / "rows").argmax(axis=1)
    assert (found == gone[:50]).all()


def test_whole_number_classes_and_huge_values_are_no_trouble(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 100)
    x = (y * 2.0 - 1) * 10.0 ** rng.uniform(0, 300, 100)
    table = pa.table({"x": x, "c": np.full(100, 7), "y": y})
    model = learn(write_job(tmp_path, table, schema_of(table, "y", "classification")))
    assert json.loads((model / "signature.json").read_bytes())["classes"] == [0, 1]


def failure(root: Path) -> str:
    assert main(["train"], ContainerTree(root=root), Event()) == 1
    assert not (root / "model").exists()
    return (root / "output/failure").read_text()


def test_a_row_without_a_target_fails_with_its_reason(tmp_path: Path) -> None:
    table = flowers(50)
    schema = schema_of(table, "species", "classification")
    labels = [None, *table["species"].to_pylist()[1:]]
    table = table.set_column(5, "species", pa.array(labels))
    assert "species" in failure(write_job(tmp_path, table, schema))


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    table = flowers(50)
    schema = schema_of(table, "species", "classification")
    half = failure(write_job(tmp_path / "a", table, schema, precision="bf16"))
    assert half.startswith("NotImplementedError: ")
    assert "bf16" in half
    for task in ("forecasting", "image"):
        other = schema.model_copy(update={"task": task})
        assert task in failure(write_job(tmp_path / task, table, other))


def test_an_unreadable_job_names_the_document(tmp_path: Path) -> None:
    table = flowers(50)
    root = write_job(tmp_path, table, schema_of(table, "species", "classification"))
    (root / "input/config/hyperparameters.json").write_text('{"model": "m", "speed": "9"}')
    said = failure(root)
    assert "hyperparameters.json" in said
    assert len(said) <= 1024
    (root / "input/data/schema/schema.json").unlink()
    (root / "input/config/hyperparameters.json").write_text(
        '{"model": "m", "version": "v", "task": "classification"}'
    )
    assert "schema.json" in failure(root)


def test_wrong_usage_is_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], ContainerTree(root=tmp_path), Event()) == 2
    assert "usage" in capsys.readouterr().err


def test_too_short_a_budget_says_so(tmp_path: Path) -> None:
    table = flowers(50)
    schema = schema_of(table, "species", "classification")
    assert "minutes" in failure(write_job(tmp_path, table, schema, minutes=1e-9))
