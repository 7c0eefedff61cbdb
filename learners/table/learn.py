"""Classification and regression on the rows of a table."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Callable
from dataclasses import asdict, replace
from threading import Event
from typing import Any, Final

import numpy as np
import torch

from learners.interface import Course
from learners.shared.evidence import OutOfFold
from learners.shared.loop import Control, Plan
from learners.table import export, rows
from learners.table.encoder import Encoded
from learners.table.fitting import Fitting
from learners.table.folds import answers_out_of_fold
from learners.table.graph import build
from sluice.contracts.training import Job

_CHECKED: Final = 256
"""Rows on which the exported graph is held against torch."""


def learner(job: Job, device: torch.device) -> TableLearner:
    """The learner of a job; `ValueError` says what its rows cannot be learnt from."""
    return TableLearner(job, device)


class TableLearner:
    """One table's network, and the answers out of fold that the gate judges few rows by."""

    def __init__(self, job: Job, device: torch.device) -> None:
        self._job = job
        self._device = device
        self._encoder, self._every = rows.read(job.tree.channel("train"), job.schema)
        target = job.schema.target
        self._classes = len(target.classes) if target and target.classes else None
        self._fitting = self._fitting_of(self._every)
        self._out_of_fold: OutOfFold | None = None

    def fit(self, stop: Event) -> Course:
        """Learn until the best epoch is known, the budget is spent, or `stop` is set; then, in what
        is left of the budget, learn the folds."""
        settings = self._job.hyperparameters
        features = self._encoder.to_json()
        control = Control(
            seed=settings.seed,
            seconds=settings.minutes * 60,
            stop=stop,
            checkpoints=self._job.tree.checkpoints,
            fingerprint=self._fitting.fingerprint(features, settings.seed),
            say=lambda line: print(line, flush=True),
        )
        course = self._fitting.fit(control)
        self._out_of_fold = answers_out_of_fold(
            self._every, self._fitting_of, _within(control, course)
        )
        return course

    def evaluate(self) -> dict[str, float]:
        """Loss and score of the validation rows: balanced accuracy, or R²."""
        return asdict(self._fitting.evaluate())

    def export(self, course: Course) -> None:
        """Write the model folder, after the proof that it answers as what was trained."""
        fitting = self._fitting
        graph = build(
            fitting.network,
            classes=self._classes,
            mean=fitting.mean,
            deviation=fitting.deviation,
        )
        sample = fitting.held.take(np.arange(min(len(fitting.held), _CHECKED))).encoded
        sample = _with_edges(sample)
        difference = export.check_equal(
            graph, sample, fitting.answer(sample), unit=fitting.deviation
        )
        settings = self._job.hyperparameters
        export.write_folder(
            self._job,
            graph=graph,
            encoder=self._encoder,
            weights=fitting.network.state_dict(),
            facts={
                **asdict(course),
                "rows": len(self._every),
                "seed": settings.seed,
                "precision": settings.precision,
                "device": str(self._device),
                "onnx_difference": difference,
                "libraries": _versions(),
            },
            trained=self._every.hashes,
            out_of_fold=self._out_of_fold,
        )

    def _fitting_of(self, some: rows.Rows) -> Fitting:
        return Fitting(
            some,
            cardinalities=self._encoder.cardinalities,
            classes=self._classes,
            seed=self._job.hyperparameters.seed,
            device=self._device,
        )


def _within(control: Control, course: Course) -> Callable[[Fitting], Course | None]:
    """How a fold is fitted in what the model itself left of the budget."""
    ends = control.clock() + control.seconds - course.seconds

    def fit(fitting: Fitting) -> Course | None:
        left = ends - control.clock()
        if left <= 0 or control.stop.is_set():
            return None
        try:
            found = fitting.fit(
                replace(control, seconds=left, checkpoints=None, say=lambda _: None),
                Plan.for_rows(len(fitting)).halved(),
            )
        except ValueError:
            # Its first epoch did not end, or it diverged: the model itself is whole all the same.
            return None
        return None if found.ended in ("stopped", "budget") else found

    return fit


def _with_edges(encoded: Encoded) -> Encoded:
    """The rows, and below them one of missing and unknown values only and one of huge numbers."""
    rows = np.array([[np.nan], [1e30]], dtype=np.float32).repeat(encoded.numeric.shape[1], axis=1)
    codes = np.zeros((2, encoded.categorical.shape[1]), dtype=np.int64)
    return Encoded(
        numeric=np.concatenate([encoded.numeric, rows]),
        categorical=np.concatenate([encoded.categorical, codes]),
    )


def _versions() -> dict[str, Any]:
    names = ("torch", "onnx", "onnxruntime", "numpy", "pyarrow")
    return {"python": platform.python_version()} | {
        name: importlib.metadata.version(name) for name in names
    }
