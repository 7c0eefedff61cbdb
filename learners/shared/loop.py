"""The training loop: epochs, a warmed-up cosine rate, early stopping, the budget, checkpoints.

It knows nothing of tables: a learner gives it a loss for a batch and a judgement of the weights.
The shuffle and all dropout of an epoch follow from the seed and the epoch's number, so a run that
was interrupted and resumed ends with the very weights of one that was not.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

import torch
from torch import Tensor, nn

from learners.interface import Course
from learners.shared import checkpoint
from learners.shared.optimizer import FlatAdamW

CHECKPOINT_SECONDS = 30.0
"""Least time between two checkpoints: each is copied to S3."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """How long and how fast to learn."""

    epochs: int
    batch: int
    rate: float = 2e-3
    patience: int = 12
    """Epochs without a better validation loss before the loop ends."""
    warm_up: float = 0.05
    """Share of all steps in which the rate rises."""

    @classmethod
    def for_rows(cls, rows: int) -> Plan:
        """Few rows: many epochs of small batches. Many rows: few epochs of large ones."""
        batch = 2 ** round(math.log2(max(rows, 1) / 64))
        epochs = 50 if rows < 5_000 else 30 if rows < 20_000 else 18 if rows < 100_000 else 12
        return cls(epochs=epochs, batch=min(max(batch, 32), 1024))

    def halved(self) -> Plan:
        """Half as long: for networks that only show how well such rows can be learnt."""
        return replace(self, epochs=self.epochs // 2, patience=self.patience // 2)


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """What the validation rows say of the weights."""

    loss: float
    score: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Control:
    """What bounds the loop from outside."""

    seed: int
    seconds: float
    """Budget of the whole run, interruptions not counted."""
    stop: Event
    """Set by SIGTERM: end after the current batch."""
    checkpoints: Path | None
    """Where they are kept; None: a training too short to be continued."""
    fingerprint: str
    """Of data and settings; a checkpoint of another run is not continued."""
    say: Callable[[str], None]
    """Prints one line, at once."""
    clock: Callable[[], float] = time.monotonic


@dataclass(kw_only=True, slots=True)
class _Progress:
    epoch: int = 0
    best_epoch: int = 0
    best_loss: float = math.inf
    best_score: float = math.nan
    seconds: float = 0.0
    planned: int


def fit(
    module: nn.Module,
    rows: int,
    plan: Plan,
    control: Control,
    *,
    loss: Callable[[Tensor], Tensor],
    judge: Callable[[], Judgement],
) -> Course:
    """Train `module` in place and leave it with its best weights.

    `loss` takes the row numbers of one batch. `ValueError` where the loss is no number, or where
    the stop came before the first epoch was over, so that there is no model.
    """
    optimizer = FlatAdamW(module)
    progress = _Progress(planned=plan.epochs)
    best = optimizer.weights.clone()
    if (stored := _stored(control)) is not None:
        tensors, progress = stored
        best.copy_(tensors.pop("best"))
        optimizer.load(tensors)
        control.say(f"Continuing after epoch {progress.epoch}.")
    device = optimizer.weights.device
    began = control.clock() - progress.seconds
    saved = control.clock()
    ended = "epochs"
    state = optimizer.state()
    while progress.epoch < progress.planned:
        module.train()
        torch.manual_seed(control.seed * 1_000_003 + progress.epoch)
        order = torch.randperm(rows).to(device)
        total = torch.zeros((), device=device)
        for start in range(0, rows, plan.batch):
            optimizer.zero_grad()
            batch = order[start : start + plan.batch]
            value = loss(batch)
            torch.autograd.backward(value)
            optimizer.step(_rate(plan, progress.epoch + start / rows, progress.planned))
            total += value.detach() * len(batch)
            if control.stop.is_set() or control.clock() - began > control.seconds:
                ended = "stopped" if control.stop.is_set() else "budget"
                break
        else:
            progress.epoch += 1
            train_loss = total.item() / rows
            judgement = _judged(module, judge, train_loss, progress.epoch)
            control.say(
                f"epoch={progress.epoch} train_loss={train_loss:.6g} "
                f"val_loss={judgement.loss:.6g} val_score={judgement.score:.6g}"
            )
            if judgement.loss < progress.best_loss:
                progress.best_epoch = progress.epoch
                progress.best_loss, progress.best_score = judgement.loss, judgement.score
                best.copy_(optimizer.weights)
            progress.seconds = control.clock() - began
            if progress.epoch == 1:
                progress.planned = _affordable(plan, progress.seconds, control)
            state = optimizer.state()
            if control.clock() - saved > CHECKPOINT_SECONDS:
                _store(control, state, best, progress)
                saved = control.clock()
            if progress.epoch - progress.best_epoch >= plan.patience:
                ended = "early stopping"
                break
            continue
        break
    if ended == "stopped":
        _store(control, state, best, progress)
    _require_an_epoch(progress, ended)
    optimizer.weights.copy_(best)
    module.eval()
    return Course(
        epochs=progress.epoch,
        best_epoch=progress.best_epoch,
        loss=progress.best_loss,
        score=progress.best_score,
        seconds=control.clock() - began,
        ended=ended,
    )


def _require_an_epoch(progress: _Progress, ended: str) -> None:
    if progress.best_epoch:
        return
    why = "was stopped" if ended == "stopped" else "used up its minutes"
    raise ValueError(
        f"Training {why} before its first epoch was over, so there is no model. "
        "Start it again with more time (sluice.yaml: train.minutes)."
    )


def _rate(plan: Plan, epoch: float, epochs: int) -> float:
    """Linear warm-up, then half a cosine down to nothing."""
    done = epoch / epochs
    if done < plan.warm_up:
        return plan.rate * (done / plan.warm_up * 0.95 + 0.05)
    return plan.rate * 0.5 * (1 + math.cos(math.pi * (done - plan.warm_up) / (1 - plan.warm_up)))


def _judged(
    module: nn.Module, judge: Callable[[], Judgement], train_loss: float, epoch: int
) -> Judgement:
    module.eval()
    with torch.inference_mode():
        judgement = judge()
    if not (math.isfinite(train_loss) and math.isfinite(judgement.loss)):
        raise ValueError(
            f"The loss became {train_loss} in epoch {epoch} (validation {judgement.loss}): "
            "training diverged. Look for extreme values among the numbers and the target."
        )
    return judgement


def _affordable(plan: Plan, first: float, control: Control) -> int:
    """Epochs that the budget allows, so that the rate comes down in time."""
    epochs = max(1, int(0.9 * control.seconds / max(first, 1e-9)))
    if epochs < plan.epochs:
        control.say(f"The budget of {control.seconds:.0f} s allows {epochs} epochs.")
    return min(plan.epochs, epochs)


def _store(control: Control, state: dict[str, Tensor], best: Tensor, progress: _Progress) -> None:
    if control.checkpoints is None:
        return
    facts = {name: repr(getattr(progress, name)) for name in _Progress.__slots__}
    checkpoint.write(
        control.checkpoints,
        {**state, "best": best},
        {**facts, "fingerprint": control.fingerprint},
    )


def _stored(control: Control) -> tuple[dict[str, Tensor], _Progress] | None:
    found = checkpoint.read(control.checkpoints) if control.checkpoints else None
    if found is None:
        return None
    tensors, facts = found
    if facts.get("fingerprint") != control.fingerprint:
        control.say("The checkpoint is of other data or settings: starting from the beginning.")
        return None
    progress = _Progress(
        epoch=int(facts["epoch"]),
        best_epoch=int(facts["best_epoch"]),
        best_loss=float(facts["best_loss"]),
        best_score=float(facts["best_score"]),
        seconds=float(facts["seconds"]),
        planned=int(facts["planned"]),
    )
    return tensors, progress
