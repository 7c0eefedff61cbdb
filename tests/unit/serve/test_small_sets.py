"""Small tables of a clear rule pass the gate, though their holdout is a handful of rows."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import numpy as np
import pyarrow as pa
import pytest
from sklearn.datasets import load_iris

from functions.gate.verdict import judge
from serving.evaluate import evaluate
from sluice.contracts.container import ContainerTree
from sluice.contracts.environment import ContainerEnvironment
from sluice.contracts.spec import Gate
from tests.tables import schema_of, write_evaluation, write_job
from training.job import read_job
from training.train import train


def iris() -> pa.Table:
    found = load_iris()
    columns = {f"x{number}": column for number, column in enumerate(found.data.T)}
    return pa.table(columns | {"y": found.target_names[found.target]})


def rule(rows: int = 60) -> pa.Table:
    rng = np.random.default_rng(0)
    x = rng.normal(size=rows)
    return pa.table({"x": x, "z": rng.normal(size=rows), "y": np.where(x > 0, "yes", "no")})


def line(rows: int = 60) -> pa.Table:
    rng = np.random.default_rng(0)
    x = rng.uniform(0, 10, rows)
    return pa.table({"x": x, "z": rng.normal(size=rows), "y": 3 * x + rng.normal(0, 2, rows)})


@pytest.mark.parametrize("make", [iris, rule, line])
def test_a_clear_rule_in_few_rows_is_released(make, tmp_path: Path) -> None:
    table = make()
    schema = schema_of(table, "y", "regression" if make is line else "classification")
    held = np.random.default_rng(1).random(len(table)) < 0.2
    job = ContainerTree(root=write_job(tmp_path / "job", table.filter(~held), schema))
    train(read_job(job), Event())
    root = write_evaluation(tmp_path / "ml", table.filter(held), schema, job.model)

    found = evaluate(ContainerEnvironment.read({"SLUICE_OPT_ML": str(root)}))

    assert found.chance.evidence == "out_of_fold"
    assert judge(found, Gate()).status == "Approved"
