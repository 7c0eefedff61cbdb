"""Classification and regression on the rows of a table."""

# ruff: noqa: N803, N806

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
from dataclasses import asdict
from threading import Event
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from learners.interface import Course
from learners.shared.loop import Control, Judgement, Plan, fit
from learners.table import export, rows
from learners.table.bins import Bins
from learners.table.encoder import Encoded
from learners.table.graph import build
from learners.table.network import TableNetwork
from sluice.contracts.training import Job

_CHUNK: Final = 8192
"""Rows scored at a time."""

_CHECKED: Final = 256
"""Rows on which the exported graph is held against torch."""


def learner(job: Job, device: torch.device) -> TableLearner:
    """The learner of a job; `ValueError` says what its rows cannot be learnt from."""
    return TableLearner(job, device)


class TableLearner:
    """One table's network, its rows on the device, and the learner's own split."""

    def __init__(self, job: Job, device: torch.device) -> None:
        self._job = job
        self._device = device
        schema = job.schema
        self._encoder, every = rows.read(job.tree.channel("train"), schema)
        target = schema.target
        self._classes = len(target.classes) if target and target.classes else None
        seed = job.hyperparameters.seed
        train, held = rows.split(every, stratify=self._classes is not None, seed=seed)
        self._rows = len(every)
        self._mean, self._deviation = 0.0, 1.0
        if self._classes is None:
            self._mean = float(train.target.mean())
            self._deviation = float(train.target.std()) or 1.0
        self._train = self._tensors(train)
        self._held = self._tensors(held)
        self._sample = held.take(np.arange(min(len(held), _CHECKED))).encoded
        self._bins = Bins.fit(train.encoded.numeric)
        self._network = TableNetwork(
            bins=self._bins,
            cardinalities=self._encoder.cardinalities,
            outputs=self._classes or 1,
        ).to(device)

    def fit(self, stop: Event) -> Course:
        """Learn until the best epoch is known, the budget is spent, or `stop` is set."""
        numeric, categorical, target = self._train
        settings = self._job.hyperparameters

        def loss(batch: Tensor) -> Tensor:
            return self._loss(self._network(numeric[batch], categorical[batch]), target[batch])

        control = Control(
            seed=settings.seed,
            seconds=settings.minutes * 60,
            stop=stop,
            checkpoints=self._job.tree.checkpoints,
            fingerprint=self._fingerprint(),
            say=lambda line: print(line, flush=True),
        )
        plan = Plan.for_rows(len(target))
        return fit(self._network, len(target), plan, control, loss=loss, judge=self._judge)

    def evaluate(self) -> dict[str, float]:
        """Loss and score of the validation rows: balanced accuracy, or R²."""
        self._network.eval()
        with torch.inference_mode():
            judgement = self._judge()
        return asdict(judgement)

    def export(self, course: Course) -> None:
        """Write the model folder, after the proof that it answers as what was trained."""
        graph = build(
            self._network, classes=self._classes, mean=self._mean, deviation=self._deviation
        )
        sample = _with_edges(self._sample)
        self._network.eval()
        with torch.inference_mode():
            expected = self._answers(*self._inputs(sample)).cpu().numpy()
        if self._classes is None:
            expected = expected * self._deviation + self._mean
        difference = export.check_equal(graph, sample, expected, unit=self._deviation)
        settings = self._job.hyperparameters
        export.write_folder(
            self._job,
            graph=graph,
            encoder=self._encoder,
            weights=self._network.state_dict(),
            facts={
                **asdict(course),
                "rows": self._rows,
                "seed": settings.seed,
                "precision": settings.precision,
                "device": str(self._device),
                "onnx_difference": difference,
                "libraries": _versions(),
            },
        )

    def _tensors(self, part: rows.Rows) -> tuple[Tensor, Tensor, Tensor]:
        target = torch.from_numpy(part.target)
        if self._classes is None:
            target = ((target - self._mean) / self._deviation).float()
        return (*self._inputs(part.encoded), target.to(self._device))

    def _inputs(self, encoded: Encoded) -> tuple[Tensor, Tensor]:
        return (
            torch.from_numpy(encoded.numeric).to(self._device),
            torch.from_numpy(encoded.categorical).to(self._device),
        )

    def _loss(self, outputs_KBO: Tensor, target_B: Tensor) -> Tensor:
        """Mean of the members' own losses: they learn apart, and answer together."""
        members = outputs_KBO.shape[0]
        if self._classes is None:
            return F.mse_loss(outputs_KBO[:, :, 0], target_B.expand(members, -1))
        return F.cross_entropy(outputs_KBO.flatten(0, 1), target_B.repeat(members))

    def _answers(self, numeric_BN: Tensor, categorical_BC: Tensor) -> Tensor:
        """Probabilities [B, O], or standardised values [B]: the members' mean."""
        parts = []
        for start in range(0, len(numeric_BN), _CHUNK):
            part = slice(start, start + _CHUNK)
            outputs_KBO = self._network(numeric_BN[part], categorical_BC[part])
            if self._classes is None:
                parts.append(outputs_KBO.mean(dim=(0, 2)))
            else:
                parts.append(outputs_KBO.softmax(dim=-1).mean(dim=0))
        return torch.cat(parts)

    def _judge(self) -> Judgement:
        numeric, categorical, target = self._held
        answers = self._answers(numeric, categorical)
        if self._classes is None:
            error = F.mse_loss(answers, target).item()
            spread = target.var(correction=0).item()
            return Judgement(loss=error, score=1 - error / spread if spread else 0.0)
        loss = F.nll_loss(answers.clamp(min=1e-7).log(), target).item()
        right = (answers.argmax(dim=1) == target).cpu().numpy()
        counts = np.bincount(target.cpu().numpy(), minlength=self._classes)
        hits = np.bincount(target.cpu().numpy()[right], minlength=self._classes)
        return Judgement(loss=loss, score=float(np.mean(hits[counts > 0] / counts[counts > 0])))

    def _fingerprint(self) -> str:
        """Changes with the rows, the settings and the shape of the network."""
        digest = hashlib.sha256(self._encoder.to_json().encode())
        digest.update(f"{self._job.hyperparameters.seed} {self._classes} {self._rows}".encode())
        for tensor in (*self._train, *self._held):
            digest.update(tensor.cpu().numpy().tobytes())
        for name, tensor in self._network.state_dict().items():
            digest.update(f"{name} {tuple(tensor.shape)}".encode())
        return digest.hexdigest()


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
