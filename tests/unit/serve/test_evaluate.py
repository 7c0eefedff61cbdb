"""The evaluation on small model folders made by the learner itself."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from functions.gate.verdict import judge
from serving.evaluate import evaluate, main
from sluice.contracts.container import ContainerTree
from sluice.contracts.dataset import Schema
from sluice.contracts.environment import ContainerEnvironment
from sluice.contracts.evaluation import Evaluation
from sluice.contracts.spec import Gate
from tests.tables import (
    VERSION,
    add_champions_holdout,
    flowers,
    houses,
    schema_of,
    write_evaluation,
    write_job,
)
from training.job import read_job
from training.train import train

HOLDOUT = flowers(200, seed=9)
SCHEMA = schema_of(flowers(), "species", "classification")


def learnt(
    root: Path, table: pa.Table, target: str = "species", task: Any = "classification"
) -> Path:
    job = read_job(ContainerTree(root=write_job(root, table, schema_of(table, target, task))))
    train(job, Event())
    return root / "model"


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A good model, and one that saw too few columns to be good."""
    root = tmp_path_factory.mktemp("models")
    return {
        "good": learnt(root / "good", flowers()),
        "weak": learnt(root / "weak", flowers(60).select(["seen", "wild", "species"])),
    }


@pytest.fixture(scope="module")
def reshuffled(models: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The good model's rows in another order."""
    table = flowers()
    order = np.random.default_rng(5).permutation(len(table))
    return learnt(tmp_path_factory.mktemp("reshuffled"), table.take(order))


def settings(root: Path, **changes: str) -> ContainerEnvironment:
    return ContainerEnvironment.read({"SLUICE_OPT_ML": str(root)} | changes)


def judged(
    root: Path, candidate: Path, champion: Path | None, schema: Schema = SCHEMA, **changes: str
) -> Evaluation:
    write_evaluation(root, HOLDOUT, schema, candidate, champion)
    return evaluate(settings(root, **changes))


def test_a_better_candidate_is_seen_to_be_better(models: dict[str, Path], tmp_path: Path) -> None:
    found = judged(tmp_path, models["good"], models["weak"], SLUICE_CHAMPION="old")
    assert found.metric == "balanced_accuracy"
    assert found.rows == 200
    assert found.candidate.version == VERSION
    assert found.candidate.metrics.keys() == {"balanced_accuracy", "accuracy", "log_loss"}
    assert found.champion is not None
    assert found.champion.version == "old"
    assert found.candidate_minus_champion is not None
    assert found.candidate_minus_champion.low > 0.1
    assert found.baseline.score.value == pytest.approx(1 / 3)
    assert found.candidate_minus_baseline.low > 0.4


def test_a_worse_candidate_is_seen_to_be_worse(models: dict[str, Path], tmp_path: Path) -> None:
    found = judged(tmp_path, models["weak"], models["good"])
    assert found.candidate_minus_champion is not None
    assert found.candidate_minus_champion.high < -0.1
    # Nothing that helps was in its columns: it is no better than looking at nothing.
    assert found.candidate_minus_baseline.low < 0.1


def test_a_model_is_exactly_as_good_as_itself(models: dict[str, Path], tmp_path: Path) -> None:
    found = judged(tmp_path, models["good"], models["good"])
    difference = found.candidate_minus_champion
    assert difference is not None
    assert (difference.low, difference.value, difference.high) == (0, 0, 0)


def test_the_first_model_has_no_champion(models: dict[str, Path], tmp_path: Path) -> None:
    found = judged(tmp_path, models["good"], None)
    assert (found.champion, found.candidate_minus_champion, found.champion_error) == (None,) * 3


def renamed(model: Path, copy: Path, **changes: Any) -> Path:
    shutil.copytree(model, copy)
    path = copy / "signature.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | changes))
    return copy


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"target": "genus"}, "genus"),
        ({"classes": ["setosa", "virginica"]}, "classes"),
        ({"task": "regression", "classes": None}, "regression"),
        ({"columns": [{"name": "scent", "type": "number", "nullable": False}]}, "scent"),
        ({"columns": [{"name": "soil", "type": "number", "nullable": False}]}, "category"),
    ],
)
def test_a_champion_that_does_not_fit_is_told_and_no_crash(
    models: dict[str, Path], tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    champion = renamed(models["good"], tmp_path / "old", **changes)
    found = judged(tmp_path / "ml", models["good"], champion)
    assert found.champion is None
    assert found.candidate_minus_champion is None
    assert said in (found.champion_error or "")


def test_two_classes_are_judged_by_the_area(tmp_path: Path) -> None:
    table = flowers(150).append_column("y", pa.array([i % 3 == 0 for i in range(150)]))
    labels = [kind == "setosa" for kind in table["species"].to_pylist()]
    table = table.set_column(6, "y", pa.array(labels)).drop_columns(["species"])
    model = learnt(tmp_path / "job", table, "y")
    schema = schema_of(table, "y", "classification")
    write_evaluation(tmp_path / "ml", table, schema, model)
    found = evaluate(settings(tmp_path / "ml"))
    assert found.metric == "roc_auc"
    assert found.baseline.score.value == 0.5
    assert found.candidate.score.value > 0.95


def test_a_regression_is_judged_by_r2(tmp_path: Path) -> None:
    table = houses()
    model = learnt(tmp_path / "job", table, "price", "regression")
    schema = schema_of(table, "price", "regression")
    write_evaluation(tmp_path / "ml", houses(100, seed=3), schema, model)
    found = evaluate(settings(tmp_path / "ml"))
    assert found.metric == "r2"
    assert found.candidate.metrics.keys() == {"r2", "rmse", "mae"}
    assert found.candidate.score.value > 0.9
    assert found.baseline.score.value <= 0


def failed(root: Path, **changes: str) -> str:
    assert main(settings(root, **changes)) == 1
    assert not (root / "processing/output/evaluation.json").exists()
    return (root / "output/message").read_text()


def test_what_cannot_be_measured_is_said_in_a_sentence(
    models: dict[str, Path], tmp_path: Path
) -> None:
    good = models["good"]
    root = write_evaluation(tmp_path / "a", HOLDOUT, SCHEMA, good)
    assert "r2 does not fit" in failed(root, SLUICE_METRIC="r2")
    assert "two classes" in failed(root, SLUICE_METRIC="roc_auc")
    assert "f1" in failed(root, SLUICE_METRIC="f1")
    one = write_evaluation(tmp_path / "b", HOLDOUT.slice(0, 1), SCHEMA, good)
    (one / "processing/input/candidate/out_of_fold.parquet").unlink()
    assert "1 rows" in failed(one)
    empty = write_evaluation(tmp_path / "c", HOLDOUT.slice(0, 0), SCHEMA, good)
    assert "no rows" in failed(empty)
    gone = write_evaluation(tmp_path / "d", HOLDOUT.drop_columns(["soil"]), SCHEMA, good)
    assert "'soil'" in failed(gone)
    (root / "processing/input/candidate/model.onnx").unlink()
    assert "model.onnx" in failed(root)


def test_the_document_is_written_where_it_is_agreed(
    models: dict[str, Path], tmp_path: Path
) -> None:
    root = write_evaluation(tmp_path, HOLDOUT, SCHEMA, models["good"])
    assert main(settings(root)) == 0
    written = (root / "processing/output/evaluation.json").read_bytes()
    assert Evaluation.model_validate_json(written) == evaluate(settings(root))


def test_many_held_out_rows_judge_themselves(models: dict[str, Path], tmp_path: Path) -> None:
    found = judged(tmp_path, models["good"], None)
    assert found.chance.evidence == "holdout"
    assert found.chance.p == pytest.approx(1e-4)


def test_few_held_out_rows_leave_it_to_the_answers_out_of_fold(
    models: dict[str, Path], tmp_path: Path
) -> None:
    write_evaluation(tmp_path, HOLDOUT.slice(0, 4), SCHEMA, models["good"])
    found = evaluate(settings(tmp_path))
    assert (found.chance.evidence, found.rows) == ("out_of_fold", 150)
    assert judge(found, Gate()).status == "Approved"


def test_four_held_out_rows_alone_cannot_tell(models: dict[str, Path], tmp_path: Path) -> None:
    write_evaluation(tmp_path, HOLDOUT.slice(0, 4), SCHEMA, models["good"])
    (tmp_path / "processing/input/candidate/out_of_fold.parquet").unlink()
    found = evaluate(settings(tmp_path))
    assert found.rows == 4
    assert 5 <= (found.chance.enough_rows or 0) <= 8
    assert judge(found, Gate()).status == "PendingManualApproval"


def test_the_same_rows_in_another_order_are_released_again(
    models: dict[str, Path], reshuffled: Path, tmp_path: Path
) -> None:
    found = judged(tmp_path, reshuffled, models["good"])
    assert found.compared is not None
    assert (found.compared.holdout_rows, found.compared.out_of_fold_rows) == (200, 150)
    assert judge(found, Gate()).status in ("Approved", "PendingManualApproval")
    assert judge(found, Gate(undecided="release")).status == "Approved"


def test_rows_that_the_champions_dataset_held_out_count_once(
    models: dict[str, Path], tmp_path: Path
) -> None:
    root = write_evaluation(tmp_path, HOLDOUT, SCHEMA, models["good"], models["weak"])
    earlier = pa.concat_tables([HOLDOUT.slice(0, 50), flowers(30, seed=11)])
    add_champions_holdout(root, earlier, SCHEMA)
    found = evaluate(settings(root)).compared
    assert found is not None
    assert found.earlier_rows + found.holdout_rows + found.left_out == 230
    assert 25 <= found.earlier_rows <= 30
    assert found.out_of_fold_rows == 0


def test_rows_that_the_champion_was_trained_on_are_left_out(
    models: dict[str, Path], tmp_path: Path
) -> None:
    holdout = pa.concat_tables([flowers().slice(0, 60), HOLDOUT.slice(0, 30)])
    candidate = learnt(tmp_path / "new", flowers(60, seed=4))
    root = write_evaluation(tmp_path / "a", holdout, SCHEMA, candidate, models["good"])
    found = evaluate(settings(root)).compared
    assert found is not None
    assert (found.left_out, found.holdout_rows) == (60, 30)
    few = write_evaluation(tmp_path / "b", holdout.slice(0, 70), SCHEMA, candidate, models["good"])
    error = evaluate(settings(few)).champion_error or ""
    assert "10 rows" in error
    assert "at least 20" in error


def test_a_column_that_alone_is_right_on_every_row_is_named(tmp_path: Path) -> None:
    def leaky(seed: int) -> pa.Table:
        table = flowers(150, seed=seed)
        codes = {"setosa": "s", "versicolor": "v", "virginica": "w"}
        return table.append_column(
            "code", pa.array([codes[k] for k in table["species"].to_pylist()])
        )

    model = learnt(tmp_path / "job", leaky(0))
    schema = schema_of(leaky(0), "species", "classification")
    root = write_evaluation(tmp_path / "ml", leaky(1), schema, model)
    found = evaluate(settings(root))
    assert found.candidate.score.value >= 0.9999
    assert found.sole_column == "code"
    assert judge(found, Gate()).status == "PendingManualApproval"
