"""Real trainings on noise, through learner, evaluation and verdict: how many pass the gate."""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Final

import numpy as np
import pyarrow as pa

from functions.gate.verdict import judge
from serving.evaluate import evaluate
from sluice.contracts.container import ContainerTree
from sluice.contracts.environment import ContainerEnvironment
from sluice.contracts.evaluation import Evaluation
from sluice.contracts.spec import Gate
from tests.tables import add_champions_holdout, schema_of, write_evaluation, write_job
from training.job import read_job
from training.train import train

SIZES: Final = (60, 100, 200)
"""Rows of a drop; a fifth is held out."""
KINDS: Final = ("two classes", "two classes, 1 : 9", "three classes", "quantity")


@dataclass(frozen=True, kw_only=True, slots=True)
class Trained:
    """What became of one dataset."""

    kind: str
    rows: int
    evaluation: Evaluation
    status: str


def trained(kind: str, rows: int, seed: int, *, signal: float = 0.0) -> Trained:
    """Train on a table whose target hangs on its first column by `signal`, and judge."""
    table = _table(kind, rows, np.random.default_rng(seed), signal)
    schema = schema_of(table, "y", "regression" if kind == "quantity" else "classification")
    held = np.random.default_rng(seed + 1).random(rows) < 0.2
    held[:2] = True
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        job = ContainerTree(root=write_job(Path(folder) / "job", table.filter(~held), schema))
        train(read_job(job), Event())
        root = write_evaluation(Path(folder) / "eval", table.filter(held), schema, job.model)
        found = evaluate(ContainerEnvironment.read({"SLUICE_OPT_ML": str(root)}))
    return Trained(kind=kind, rows=rows, evaluation=found, status=judge(found, Gate()).status)


def noise(times: int) -> Iterator[Trained]:
    """So many trainings on noise, of all kinds and sizes in turn."""
    cells = [(kind, rows) for kind in KINDS for rows in SIZES]
    for number in range(times):
        kind, rows = cells[number % len(cells)]
        yield trained(kind, rows, 1_000 + 7 * number)


def reshuffled(rows: int, times: int) -> Iterator[Trained]:
    """The same rows in other orders, each against the model of the first order."""
    kind = KINDS[0]
    table = _table(kind, rows, np.random.default_rng(1), 1.0)
    schema = schema_of(table, "y", "classification")
    held = np.random.default_rng(2).random(rows) < 0.2
    rest, holdout = table.filter(~held), table.filter(held)
    champion = None
    with tempfile.TemporaryDirectory() as folder:
        for number in range(times + 1):
            order = np.random.default_rng(100 + number).permutation(len(rest))
            with contextlib.redirect_stdout(io.StringIO()):
                job = ContainerTree(
                    root=write_job(Path(folder) / f"job-{number}", rest.take(order), schema)
                )
                train(read_job(job), Event())
                if champion is None:
                    champion = job.model
                    continue
                root = Path(folder) / f"eval-{number}"
                write_evaluation(root, holdout, schema, job.model, champion)
                add_champions_holdout(root, holdout, schema)
                found = evaluate(ContainerEnvironment.read({"SLUICE_OPT_ML": str(root)}))
            yield Trained(
                kind=kind, rows=rows, evaluation=found, status=judge(found, Gate()).status
            )


def _table(kind: str, rows: int, rng: np.random.Generator, signal: float) -> pa.Table:
    numbers = rng.normal(size=(rows, 4))
    hidden = signal * numbers[:, 0] + rng.normal(size=rows)
    shares = {"two classes": (0.5,), "two classes, 1 : 9": (0.9,), "three classes": (1 / 3, 2 / 3)}
    target = hidden
    if kind != "quantity":
        bounds = np.quantile(hidden, shares[kind])
        target = np.array(["a", "b", "c"])[np.searchsorted(bounds, hidden)]
    columns = {f"x{number}": column for number, column in enumerate(numbers.T)}
    return pa.table(columns | {"c": rng.choice(["k", "l", "m"], rows), "y": target})
