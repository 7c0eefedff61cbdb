"""To add a learner: one folder and one row. A toy one goes the whole way through the product.

It predicts a quantity as the median of the training rows, in a file of plain JSON.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pyarrow as pa
import pytest

import learners
from learners import interface
from serving.evaluate import main as evaluate
from sluice.contracts.container import ContainerTree
from sluice.contracts.environment import ContainerEnvironment
from sluice.contracts.evaluation import Evaluation
from sluice.contracts.learnable import no_learner
from sluice.contracts.spec import Policy
from sluice.contracts.spec_file import parse_spec
from sluice.contracts.tasks import R2, TASKS, Task
from tests.tables import schema_of, write_evaluation, write_job
from training.train import main as train

FOLDER = {
    "signature": """
from sluice.contracts.prediction import Signature

def signature(schema, *, model, version):
    return Signature(
        model=model, version=version, task=schema.task, target=schema.target.name,
        classes=None, columns=(),
    )
""",
    "learn": """
import json
import statistics

from learners.interface import Course
from learners.shared.parquet import batches
from learners.toy.signature import signature

def learner(job, device):
    return Toy(job)

class Toy:
    def __init__(self, job):
        self.job = job

    def fit(self, stop):
        target = self.job.schema.target.name
        rows = [v for b in batches(self.job.tree.channel("train"), [target]) for v in b[target]]
        self.median = statistics.median(rows)
        return Course(
            epochs=1, best_epoch=1, loss=0.0, score=0.0, seconds=0.0, ended="median taken"
        )

    def evaluate(self):
        return {"loss": 0.0, "score": 0.0}

    def export(self, course):
        folder = self.job.tree.model
        folder.mkdir(parents=True)
        settings = self.job.hyperparameters
        signed = signature(self.job.schema, model=settings.model, version=settings.version)
        (folder / "signature.json").write_text(signed.model_dump_json())
        (folder / "median.json").write_text(json.dumps(self.median))
""",
    "answer": """
import json

import numpy as np

from learners.interface import Answers, signature_in

def load(folder):
    return Toy(folder)

class Toy:
    def __init__(self, folder):
        self.signature = signature_in(folder)
        self.median = json.loads((folder / "median.json").read_text())

    def answer(self, columns):
        return np.full(len(next(iter(columns.values()))), self.median)

    def respond(self, columns):
        return Answers(predictions=[{"value": value} for value in self.answer(columns)])

    def warm_up(self):
        pass
""",
    "judge": """
from learners.table.judge import judge
""",
}


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Task]:
    folder = tmp_path / "learners/toy"
    folder.mkdir(parents=True)
    for name, source in FOLDER.items():
        (folder / f"{name}.py").write_text(source)
    row = Task(
        name="toy",
        purpose="guessing the middle",
        targets=("quantity",),
        metrics=(R2,),
        baseline="the mean",
        answer=("value",),
        model_files=("signature.json", "median.json"),
        learner="toy",
    )
    monkeypatch.setattr(learners, "__path__", [*learners.__path__, str(folder.parent)])
    monkeypatch.setitem(TASKS, row.name, row)
    yield row
    for name in [name for name in sys.modules if name.startswith("learners.toy")]:
        del sys.modules[name]


def test_a_folder_and_a_row_are_all_that_a_learner_needs(toy: Task, tmp_path: Path) -> None:
    table = pa.table({"x": [1.0, 2.0, 3.0, 4.0], "y": [1.0, 2.0, 30.0, 4.0]})
    schema = schema_of(table, "y", toy.name)
    assert parse_spec("task: toy", Policy()).task == toy.name
    assert no_learner(schema) is None

    job = ContainerTree(root=write_job(tmp_path / "job", table, schema))
    assert train(["train"], job, Event()) == 0
    assert {path.name for path in job.model.iterdir()} == set(toy.model_files)

    model = interface.load(job.model)
    assert model.respond({"x": [7.0, 8.0]}).predictions == [{"value": 3.0}, {"value": 3.0}]

    root = write_evaluation(tmp_path / "evaluation", table, schema, job.model)
    env = ContainerEnvironment.read({"SLUICE_OPT_ML": str(root)})
    assert evaluate(env) == 0
    written = env.tree.processing_output / "evaluation.json"
    assert Evaluation.model_validate_json(written.read_bytes()).metric == R2.name
