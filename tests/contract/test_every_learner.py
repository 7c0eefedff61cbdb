"""What every folder of learners/ owes, asked of each that the table of tasks names.

A new kind of learning brings its rows here: one `Case`, and the same checks run on it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from learners import interface
from learners.shared.parquet import batches
from serving.evaluate import evaluate
from sluice.contracts.container import ContainerTree
from sluice.contracts.dataset import Schema
from sluice.contracts.environment import ContainerEnvironment
from sluice.contracts.tasks import TASKS
from tests.tables import flowers, houses, schema_of, write_evaluation, write_job
from training.job import read_job
from training.train import main, train


@dataclass(frozen=True)
class Case:
    """Rows of a clear rule for one task."""

    rows: Callable[[int, int], pa.Table]
    """So many rows, by a seed."""
    schema: Schema


def _case(task: str, make: Callable[..., pa.Table], target: str) -> Case:
    return Case(
        rows=lambda rows, seed: make(rows, seed=seed), schema=schema_of(make(), target, task)
    )


CASES = {
    "classification": _case("classification", flowers, "species"),
    "regression": _case("regression", houses, "price"),
}


def test_every_task_with_a_learner_has_a_case() -> None:
    assert {task.name for task in TASKS.values() if task.learner} == CASES.keys()


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param]


@pytest.fixture(scope="module")
def model(case: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_job(tmp_path_factory.mktemp("job"), case.rows(200, 0), case.schema)
    train(read_job(ContainerTree(root=root)), Event())
    return root / "model"


def test_a_model_folder_holds_what_the_table_says(case: Case, model: Path) -> None:
    assert {path.name for path in model.iterdir()} == set(TASKS[case.schema.task].model_files)
    assert interface.signature_in(model).task == case.schema.task


def test_an_answer_has_the_members_that_the_table_says(case: Case, model: Path) -> None:
    loaded = interface.load(model)
    loaded.warm_up()
    rows = case.rows(3, 1).to_pydict()

    answers = loaded.respond({name: rows[name] for name in _inputs(model)}).predictions

    assert len(answers) == 3
    assert all(tuple(answer) == TASKS[case.schema.task].answer for answer in answers)


def test_a_request_and_a_file_of_the_same_rows_are_answered_alike(
    case: Case, model: Path, tmp_path: Path
) -> None:
    table = case.rows(40, 2)
    pq.write_table(table, tmp_path / "part-0.parquet")
    (from_file,) = batches(tmp_path, table.column_names)
    sent = json.loads(json.dumps(table.to_pydict(), default=str))
    loaded = interface.load(model)

    np.testing.assert_array_equal(loaded.answer(from_file), loaded.answer(sent))


def test_a_clear_rule_is_learnt_better_than_the_baseline(
    case: Case, model: Path, tmp_path: Path
) -> None:
    write_evaluation(tmp_path, case.rows(200, 3), case.schema, model)

    found = evaluate(ContainerEnvironment.read({"SLUICE_OPT_ML": str(tmp_path)}))

    assert found.metric == TASKS[case.schema.task].metrics[-1].name
    assert found.candidate_minus_baseline.low > 0.3


def test_a_model_of_other_columns_is_unfit_and_says_why(case: Case, model: Path) -> None:
    lost = _inputs(model)[0]
    schema = case.schema.model_copy(
        update={"columns": tuple(c for c in case.schema.columns if c.name != lost)}
    )

    why = (
        interface.judge_of(schema.task)
        .judge(schema, "auto")
        .why_unfit(interface.signature_in(model))
    )

    assert why is not None
    assert repr(lost) in why


def test_rows_that_cannot_be_learnt_from_end_with_a_sentence(case: Case, tmp_path: Path) -> None:
    assert case.schema.target is not None
    root = write_job(tmp_path, case.rows(30, 0).slice(0, 0), case.schema)

    assert main(["train"], ContainerTree(root=root), Event()) == 1

    assert "rows" in (root / "output/failure").read_text()
    assert not (root / "model").exists()


def _inputs(model: Path) -> list[str]:
    return [column.name for column in interface.signature_in(model).columns]
