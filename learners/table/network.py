"""The network for tables: numbers, missing values and categories in, predictions out.

Numbers become piecewise-linear codes over value-aware bins, a compressed standard value and a
missing indicator (Gorishniy et al. 2022); categories become embeddings. Behind them stand several
small networks that share all but a scale of their inputs and their last layer (TabM-mini,
Gorishniy et al. 2025); their predictions are averaged.

Shapes: B rows, N numeric inputs, T bins, C categorical inputs, E embedding width, D joined width,
K members, H hidden width, O outputs (one a class; one for a regression).
"""

# ruff: noqa: N803, N806

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from learners.table.bins import Bins

EMBEDDING = 8
FARTHEST = 1e6
"""Standard deviations beyond which all numbers look the same."""

UNKNOWN_RATE = 0.02
"""Share of category values that training hides, so that the code for unknown learns something."""


class TableNetwork(nn.Module):
    """Rows as the encoder gives them to class probabilities or a standardised value."""

    def __init__(
        self,
        *,
        bins: Bins,
        cardinalities: Sequence[int],
        outputs: int,
        members: int = 8,
        hidden: int = 128,
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        self.low_NT: Tensor
        self.inverse_NT: Tensor
        self.median_N: Tensor
        self.scale_N: Tensor
        self.offsets_C: Tensor
        for name, array in (
            ("low_NT", bins.low),
            ("inverse_NT", bins.inverse),
            ("median_N", bins.median),
            ("scale_N", bins.scale),
            ("offsets_C", _offsets(cardinalities)),
        ):
            self.register_buffer(name, torch.from_numpy(array))
        width = bins.low.shape[0] * (bins.low.shape[1] + 2) + len(cardinalities) * EMBEDDING
        self.embedding = nn.Parameter(torch.randn(sum(cardinalities), EMBEDDING) * EMBEDDING**-0.5)
        # Random signs start the members apart.
        self.scale_K1D = nn.Parameter(torch.randint(0, 2, (members, 1, width)).float() * 2 - 1)
        self.first = nn.Linear(width, hidden)
        self.second = nn.Linear(hidden, hidden)
        self.head_KHO = nn.Parameter((torch.rand(members, hidden, outputs) * 2 - 1) * hidden**-0.5)
        self.bias_K1O = nn.Parameter(torch.zeros(members, 1, outputs))
        self.dropout = dropout

    def forward(self, numeric_BN: Tensor, categorical_BC: Tensor) -> Tensor:
        """Logits or standardised values of every member: [K, B, O]."""
        x_KBD = self._join(numeric_BN, categorical_BC) * self.scale_K1D
        h_KBH = F.dropout(F.relu(self.first(x_KBD)), self.dropout, self.training)
        h_KBH = F.dropout(F.relu(self.second(h_KBH)), self.dropout, self.training)
        return h_KBH @ self.head_KHO + self.bias_K1O

    def _join(self, numeric_BN: Tensor, categorical_BC: Tensor) -> Tensor:
        rows = numeric_BN.shape[0]
        missing_BN = torch.isnan(numeric_BN)
        x_BN = torch.where(missing_BN, self.median_N, numeric_BN)
        code_BNT = ((x_BN[:, :, None] - self.low_NT) * self.inverse_NT).clamp(0.0, 1.0)
        z_BN = ((x_BN - self.median_N) * self.scale_N).clamp(-FARTHEST, FARTHEST)
        z_BN = torch.sign(z_BN) * torch.log1p(torch.abs(z_BN))
        if self.training:
            hidden = torch.rand(categorical_BC.shape, device=categorical_BC.device) < UNKNOWN_RATE
            categorical_BC = categorical_BC.masked_fill(hidden, 0)
        embedded_BCE = F.embedding(categorical_BC + self.offsets_C, self.embedding)
        return torch.cat(
            [
                code_BNT.reshape(rows, -1),
                z_BN,
                missing_BN.to(z_BN.dtype),
                embedded_BCE.reshape(rows, -1),
            ],
            dim=1,
        )


def _offsets(cardinalities: Sequence[int]) -> npt.NDArray[np.int64]:
    """Where each column's codes begin in the one embedding table."""
    return np.cumsum([0, *cardinalities[:-1]], dtype=np.int64)[: len(cardinalities)]
