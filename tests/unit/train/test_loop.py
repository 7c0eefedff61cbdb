"""The loop on a line through points: what ends it, what it keeps, how it continues."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from learners.interface import Course
from learners.shared import checkpoint
from learners.shared.loop import Control, Judgement, Plan, fit

X = torch.linspace(-1, 1, 64)[:, None]
Y = 2 * X + 1


def line() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(1, 8), nn.Dropout(0.2), nn.Linear(8, 1))


def run(
    module: nn.Module,
    folder: Path,
    *,
    judge: Callable[[], Judgement] | None = None,
    loss: Callable[[Tensor], Tensor] | None = None,
    plan: Plan = Plan(epochs=6, batch=16),  # noqa: B008 - frozen
    **control: Any,
) -> Course:
    def squared(batch: Tensor) -> Tensor:
        return ((module(X[batch]) - Y[batch]) ** 2).mean()

    def judged() -> Judgement:
        return Judgement(loss=((module(X) - Y) ** 2).mean().item(), score=0.0)

    defaults: dict[str, Any] = {
        "seed": 0,
        "seconds": 60.0,
        "stop": Event(),
        "checkpoints": folder,
        "fingerprint": "these rows",
        "say": lambda _: None,
    }
    return fit(
        module,
        len(X),
        plan,
        Control(**defaults | control),
        loss=loss or squared,
        judge=judge or judged,
    )


def stop_after(epoch: int) -> dict[str, Any]:
    """A stop that arrives when the line of `epoch` is printed."""
    stop = Event()

    def say(text: str) -> None:
        if text.startswith(f"epoch={epoch} "):
            stop.set()

    return {"stop": stop, "say": say}


def weights(module: nn.Module) -> Tensor:
    return torch.cat([p.detach().flatten() for p in module.parameters()])


def test_a_stop_ends_the_loop_and_keeps_the_best(tmp_path: Path) -> None:
    module = line()
    course = run(module, tmp_path, **stop_after(3))
    assert (course.ended, course.epochs) == ("stopped", 3)
    assert (tmp_path / checkpoint.NAME).exists()


def test_an_interrupted_training_ends_as_an_uninterrupted_one(tmp_path: Path) -> None:
    whole, parts = line(), line()
    run(whole, tmp_path / "whole")
    run(parts, tmp_path / "parts", **stop_after(2))
    parts = line()
    course = run(parts, tmp_path / "parts")
    assert course.epochs == 6
    assert torch.equal(weights(whole), weights(parts))


def test_a_checkpoint_of_other_data_is_not_continued(tmp_path: Path) -> None:
    run(line(), tmp_path, **stop_after(2))
    said: list[str] = []
    run(line(), tmp_path, fingerprint="other rows", say=said.append)
    assert "other data" in said[0]
    assert said[1].startswith("epoch=1 ")


def test_a_checkpoint_is_replaced_as_a_whole(tmp_path: Path) -> None:
    run(line(), tmp_path, **stop_after(2))
    assert [path.name for path in tmp_path.iterdir()] == [checkpoint.NAME]


def test_the_weights_of_the_best_epoch_are_kept(tmp_path: Path) -> None:
    module = line()
    losses = iter([3.0, 1.0, 2.0, 2.0, 2.0, 2.0])
    kept: list[Tensor] = []

    def judge() -> Judgement:
        kept.append(weights(module).clone())
        return Judgement(loss=next(losses), score=0.0)

    course = run(module, tmp_path, judge=judge, plan=Plan(epochs=6, batch=16, patience=3))
    assert (course.best_epoch, course.epochs, course.ended) == (2, 5, "early stopping")
    assert torch.equal(weights(module), kept[1])


def test_a_loss_that_is_no_number_fails_with_its_epoch(tmp_path: Path) -> None:
    module = line()

    def loss(batch: Tensor) -> Tensor:
        return module(X[batch]).sum() * float("nan")

    with pytest.raises(ValueError, match=r"epoch 1 .*diverged"):
        run(module, tmp_path, loss=loss)


def test_the_budget_shortens_the_plan_and_then_ends_it(tmp_path: Path) -> None:
    ticks = iter(range(1000))
    said: list[str] = []
    course = run(
        line(),
        tmp_path,
        plan=Plan(epochs=50, batch=16),
        seconds=40,
        clock=lambda: float(next(ticks)),
        say=said.append,
    )
    assert 1 <= course.epochs < 50
    assert any("budget" in line for line in said)


def test_a_stop_before_the_first_epoch_leaves_no_model(tmp_path: Path) -> None:
    stop = Event()
    stop.set()
    with pytest.raises(ValueError, match="no model"):
        run(line(), tmp_path, stop=stop)
