"""AdamW over all weights as one flat vector.

`torch.optim` would do, but its first step imports torch's compiler, which takes about 2 s: as long
as everything else that a small training does. Flat, an update is six tensor operations, and the
whole state is three vectors that a checkpoint can hold as they are.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class FlatAdamW:
    """Decoupled weight decay (Loshchilov and Hutter 2019) on matrices only, clipped gradients."""

    def __init__(
        self,
        module: nn.Module,
        *,
        weight_decay: float = 1e-2,
        betas: tuple[float, float] = (0.9, 0.99),
        epsilon: float = 1e-8,
        max_norm: float = 1.0,
    ) -> None:
        parameters = list(module.parameters())
        self.weights = torch.cat([p.detach().reshape(-1) for p in parameters])
        self._gradient = torch.zeros_like(self.weights)
        decay = torch.zeros_like(self.weights)
        start = 0
        for parameter in parameters:
            end = start + parameter.numel()
            shape = parameter.shape
            parameter.data = self.weights[start:end].view(shape)
            parameter.grad = self._gradient[start:end].view(shape)
            decay[start:end] = weight_decay if parameter.dim() > 1 else 0.0
            start = end
        self._decay = decay
        self.mean = torch.zeros_like(self.weights)
        self.square = torch.zeros_like(self.weights)
        self.steps = 0
        self._betas = betas
        self._epsilon = epsilon
        self._max_norm = max_norm

    def zero_grad(self) -> None:
        """Forget the gradients of the last batch."""
        self._gradient.zero_()

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """One update with learning rate `rate`."""
        self.steps += 1
        first, second = self._betas
        norm = torch.linalg.vector_norm(self._gradient)
        gradient = self._gradient * (self._max_norm / norm.clamp(min=self._max_norm))
        self.mean.lerp_(gradient, 1 - first)
        self.square.mul_(second).addcmul_(gradient, gradient, value=1 - second)
        root = (self.square / (1 - second**self.steps)).sqrt_().add_(self._epsilon)
        self.weights.mul_(1 - rate * self._decay)
        self.weights.addcdiv_(self.mean, root, value=-rate / (1 - first**self.steps))

    def state(self) -> dict[str, Tensor]:
        """Copies of all that the next step depends on."""
        return {
            "weights": self.weights.clone(),
            "mean": self.mean.clone(),
            "square": self.square.clone(),
            "steps": torch.tensor(self.steps),
        }

    def load(self, state: dict[str, Tensor]) -> None:
        """Continue from what `state` gave."""
        self.weights.copy_(state["weights"])
        self.mean.copy_(state["mean"])
        self.square.copy_(state["square"])
        self.steps = int(state["steps"])
