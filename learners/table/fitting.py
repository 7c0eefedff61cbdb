"""One network on its rows: what is learnt from them, and what it answers to others."""

# ruff: noqa: N803, N806

from __future__ import annotations

import hashlib
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from learners.interface import Course
from learners.shared.loop import Control, Judgement, Plan, fit
from learners.table.bins import Bins
from learners.table.encoder import Encoded
from learners.table.network import TableNetwork
from learners.table.rows import Rows, split

_CHUNK: Final = 8192
"""Rows scored at a time."""


class Fitting:
    """A network, its rows on the device, and the rows of them that choose its epoch."""

    def __init__(
        self,
        every: Rows,
        *,
        cardinalities: tuple[int, ...],
        classes: int | None,
        seed: int,
        device: torch.device,
    ) -> None:
        self._device = device
        self._classes = classes
        self._rows = len(every)
        train, held = split(every, stratify=classes is not None, seed=seed)
        self.held = held
        self.mean, self.deviation = 0.0, 1.0
        if classes is None:
            self.mean = float(train.target.mean())
            self.deviation = float(train.target.std()) or 1.0
        self._train = self._tensors(train)
        self._held = self._tensors(held)
        self.network = TableNetwork(
            bins=Bins.fit(train.encoded.numeric),
            cardinalities=cardinalities,
            outputs=classes or 1,
        ).to(device)

    def fit(self, control: Control, plan: Plan | None = None) -> Course:
        """Learn until the best epoch is known or `control` ends it; by the `plan` for so many rows,
        unless another is given."""
        numeric, categorical, target = self._train

        def loss(batch: Tensor) -> Tensor:
            return self._loss(self.network(numeric[batch], categorical[batch]), target[batch])

        plan = plan or Plan.for_rows(len(target))
        return fit(self.network, len(target), plan, control, loss=loss, judge=self._judge)

    def __len__(self) -> int:
        """The rows that the network is trained on."""
        return len(self._train[2])

    def evaluate(self) -> Judgement:
        """Loss and score of the rows that choose the epoch: balanced accuracy, or R²."""
        self.network.eval()
        with torch.inference_mode():
            return self._judge()

    def answer(self, encoded: Encoded) -> npt.NDArray[Any]:
        """Probabilities [rows, classes], or values [rows] in the target's own unit."""
        self.network.eval()
        with torch.inference_mode():
            answers: npt.NDArray[Any] = self._answers(*self._inputs(encoded)).cpu().numpy()
        return answers if self._classes else answers * self.deviation + self.mean

    def fingerprint(self, features: str, seed: int) -> str:
        """Changes with the features, the rows, the settings and the shape of the network."""
        digest = hashlib.sha256(features.encode())
        digest.update(f"{seed} {self._classes} {self._rows}".encode())
        for tensor in (*self._train, *self._held):
            digest.update(tensor.cpu().numpy().tobytes())
        for name, tensor in self.network.state_dict().items():
            digest.update(f"{name} {tuple(tensor.shape)}".encode())
        return digest.hexdigest()

    def _tensors(self, part: Rows) -> tuple[Tensor, Tensor, Tensor]:
        target = torch.from_numpy(part.target)
        if self._classes is None:
            target = ((target - self.mean) / self.deviation).float()
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
            outputs_KBO = self.network(numeric_BN[part], categorical_BC[part])
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
