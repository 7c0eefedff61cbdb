"""What a training leaves for the gate beside the model: which rows it saw, and its answers to few
rows out of fold.

`trained_rows.parquet` holds the hash of every training row. `out_of_fold.parquet` holds an answer
to each row by a model that was trained without it; it has no rows where the training rows are many,
or where time ran out. Nothing that answers callers reads them. numpy and pyarrow only.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from learners.shared.row_hash import Hashes, mixed

TRAINED_ROWS: Final = "trained_rows.parquet"
OUT_OF_FOLD: Final = "out_of_fold.parquet"

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True)
class OutOfFold:
    """Rows that were each answered by a model trained on other folds only; in order of hash."""

    rows: Hashes
    """[rows] of the columns that the model looks at, and the target; copies stand side by side."""
    folds: Numbers
    truth: npt.NDArray[Any]
    """[rows] class numbers or values, as the judge takes them."""
    answers: npt.NDArray[Any]
    """[rows, classes] or [rows], as the judge takes them."""

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, rows: Numbers) -> OutOfFold:
        """Some of the rows."""
        return OutOfFold(
            rows=self.rows[rows],
            folds=self.folds[rows],
            truth=self.truth[rows],
            answers=self.answers[rows],
        )


def write_evidence(folder: Path, trained: Hashes, out_of_fold: OutOfFold | None) -> None:
    """Write both files."""
    _write(folder / TRAINED_ROWS, {"row": np.sort(trained)})
    table: dict[str, npt.NDArray[Any]] = {}
    if out_of_fold is not None:
        order = np.argsort(out_of_fold.rows, kind="stable")
        answers = out_of_fold.answers[order].reshape(len(order), -1)
        table = {
            "row": out_of_fold.rows[order],
            "fold": out_of_fold.folds[order],
            "truth": out_of_fold.truth[order],
        } | {f"answer_{number}": column for number, column in enumerate(answers.T)}
    _write(folder / OUT_OF_FOLD, table or {"row": np.zeros(0, dtype=np.uint64)})


def trained_rows(folder: Path) -> Hashes | None:
    """The hashes of a model's training rows; None where its learner leaves none."""
    path = folder / TRAINED_ROWS
    if not path.is_file():
        return None
    hashes: Hashes = pq.read_table(path)["row"].to_numpy()
    return hashes


def out_of_fold(folder: Path) -> OutOfFold | None:
    """A model's answers out of fold; None where there are none."""
    path = folder / OUT_OF_FOLD
    if not path.is_file():
        return None
    table = pq.read_table(path)
    if not table.num_rows:
        return None
    columns = {name: table[name].to_numpy() for name in table.column_names}
    answers = np.stack([columns[n] for n in columns if n.startswith("answer_")], axis=1)
    return OutOfFold(
        rows=columns["row"],
        folds=columns["fold"],
        truth=columns["truth"],
        answers=answers[:, 0] if answers.shape[1] == 1 else answers,
    )


def common(one: Hashes, other: Hashes) -> tuple[Numbers, Numbers]:
    """Positions of the rows that are in both, pair by pair; of copies, as many as both have."""
    keys, others = (mixed(hashes ^ mixed(_numbered(hashes))) for hashes in (one, other))
    _, first, second = np.intersect1d(keys, others, return_indices=True)
    return first, second


def _numbered(hashes: Hashes) -> Hashes:
    """Which copy of its row each is, from 0."""
    order = np.argsort(hashes, kind="stable")
    ordered = hashes[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    numbers = np.arange(len(ordered)) - np.repeat(starts, np.diff([*starts, len(ordered)]))
    result = np.empty(len(ordered), dtype=np.uint64)
    result[order] = numbers
    return result


def _write(path: Path, columns: dict[str, npt.NDArray[Any]]) -> None:
    # Hashes are noise: a dictionary or a compression would only cost time.
    pq.write_table(pa.table(columns), path, use_dictionary=False, compression="none")
