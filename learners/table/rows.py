"""The training rows as tensors, and the learner's own split of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from learners.shared.parquet import batches
from learners.shared.row_hash import Hashes, row_hashes
from learners.table.encoder import Encoded, Encoder, encode_target
from sluice.contracts.dataset import Schema

VALIDATION_SHARE = 0.15
"""Of the training rows: they choose the epoch, and never enter a gradient."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rows:
    """Encoded rows with their targets: int64 class numbers, or float64 values."""

    encoded: Encoded
    target: npt.NDArray[Any]
    hashes: Hashes
    """Of the features and the target."""
    feature_hashes: Hashes

    def __len__(self) -> int:
        return len(self.target)

    def take(self, rows: npt.NDArray[np.int64]) -> Rows:
        """Some of the rows."""
        encoded = Encoded(
            numeric=self.encoded.numeric[rows], categorical=self.encoded.categorical[rows]
        )
        return Rows(
            encoded=encoded,
            target=self.target[rows],
            hashes=self.hashes[rows],
            feature_hashes=self.feature_hashes[rows],
        )


def read(folder: Path, schema: Schema) -> tuple[Encoder, Rows]:
    """Fit the encoder and encode all rows, a batch at a time; two passes over the files.

    `ValueError` names what cannot be learnt from: no feature, no target, a target that is missing
    or is no class of the schema.
    """
    if schema.target is None:
        raise ValueError("The schema names no target: there is nothing to predict.")
    if not schema.features:
        raise ValueError("The data has no column to learn from beside the target.")
    names = [column.name for column in schema.features]
    categories = [column.name for column in schema.features if column.type == "category"]
    encoder = Encoder.fit(schema.features, batches(folder, categories))
    numeric, categorical, targets, hashes, feature_hashes = [], [], [], [], []
    for batch in batches(folder, [*names, schema.target.name]):
        encoded = encoder.encode(batch)
        numeric.append(encoded.numeric)
        categorical.append(encoded.categorical)
        targets.append(encode_target(batch[schema.target.name], schema.target))
        hashes.append(row_hashes(batch, [*names, schema.target.name]))
        feature_hashes.append(row_hashes(batch, names))
    if not sum(map(len, targets)):
        raise ValueError("The training files have no rows.")
    encoded = Encoded(numeric=np.concatenate(numeric), categorical=np.concatenate(categorical))
    return encoder, Rows(
        encoded=encoded,
        target=np.concatenate(targets),
        hashes=np.concatenate(hashes),
        feature_hashes=np.concatenate(feature_hashes),
    )


def split(rows: Rows, *, stratify: bool, seed: int) -> tuple[Rows, Rows]:
    """Training and validation rows; of a class, every row beyond the first few is dealt fairly.

    With fewer rows than a split needs, the same rows serve as both.
    """
    order = np.random.default_rng(seed).permutation(len(rows))
    if stratify:
        # By class, then dealt out: each class gives its share of validation rows.
        order = order[np.argsort(rows.target[order], kind="stable")]
    every = round(1 / VALIDATION_SHARE)
    chosen = np.zeros(len(rows), dtype=bool)
    chosen[order[every - 1 :: every]] = True
    if not chosen.any():
        return rows, rows
    if stratify:
        # A class that lost all its rows to validation could not be learnt.
        for number in np.setdiff1d(rows.target[chosen], rows.target[~chosen]):
            chosen[np.flatnonzero(rows.target == number)[0]] = False
    return rows.take(np.flatnonzero(~chosen)), rows.take(np.flatnonzero(chosen))
