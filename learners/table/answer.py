"""A model folder of a table, ready to answer: encoder, graph and labels."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

from learners.interface import Columns, signature_in
from learners.table.encoder import Encoder


def load(folder: Path) -> TableModel:
    """The model of a folder; `ValueError` names a file that is not there."""
    return TableModel(folder)


class TableModel:
    """Encoder, graph and signature of one model folder; answers in the calling thread."""

    def __init__(self, folder: Path) -> None:
        """Load the folder; `ValueError` names a file that is not there."""
        self.signature = signature_in(folder)
        for name in ("features.json", "model.onnx"):
            if not (folder / name).is_file():
                raise ValueError(f"The model folder {folder} lacks {name}.")
        self._encoder = Encoder.from_json((folder / "features.json").read_bytes())
        options = onnxruntime.SessionOptions()
        # One request at a time: threads would only fight over the instance's cores.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._names = [_json_name(label) for label in self.signature.classes or ()]

    def answer(self, columns: Columns) -> npt.NDArray[np.float32]:
        """Probabilities [rows, classes], or values [rows], for rows given by column."""
        (answers,) = self._session.run(None, self._encoder.encode(columns).inputs())
        result: npt.NDArray[np.float32] = answers
        return result

    def predictions(self, columns: Columns) -> list[dict[str, Any]]:
        """The answers as callers get them, one object a row; numbers are numpy scalars."""
        answers = self.answer(columns)
        labels = self.signature.classes
        if labels is None:
            return [{"value": value} for value in answers]
        return [
            {"label": labels[best], "probabilities": dict(zip(self._names, row, strict=True))}
            for best, row in zip(answers.argmax(axis=1).tolist(), answers, strict=True)
        ]

    def warm_up(self) -> None:
        """Answer one row of missing values: the first answer allocates, later ones do not."""
        self.predictions({column.name: [None] for column in self.signature.columns})


def _json_name(label: Any) -> str:
    """A class as a member's name: text as it is, anything else as JSON spells it."""
    return label if isinstance(label, str) else json.dumps(label)
