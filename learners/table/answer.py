"""A model folder of a table, ready to answer: encoder, graph and labels."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

from learners.interface import Answers, Columns, Values, signature_in
from learners.table.encoder import Encoded, Encoder
from learners.table.oddities import Oddities
from sluice.cells import Cell, Misread


def load(folder: Path) -> TableModel:
    """The model of a folder; `ValueError` names a file that is not there."""
    return TableModel(folder)


class TableModel:
    """Encoder, graph and signature of one model folder; answers in the calling thread."""

    def __init__(self, folder: Path) -> None:
        """Load the folder; `ValueError` names a file that is not there."""
        self.signature = signature_in(folder)
        self._columns = {
            c.name: Cell(type=c.type, missing=self.signature.missing)
            for c in self.signature.columns
        }
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
        self._oddities = Oddities(self._encoder, self.signature)

    def answer(self, columns: Columns) -> npt.NDArray[np.float32]:
        """Probabilities [rows, classes], or values [rows], for rows of a dataset by column."""
        read = {name: self._read(name, values) for name, values in columns.items()}
        return self._run(self._encoder.encode(read))

    def respond(self, columns: Columns) -> Answers:
        """The answers as callers get them, and what is odd about the values."""
        encoded = self._encoder.encode(columns)
        warnings, warned = self._oddities.of(encoded, columns)
        return Answers(
            predictions=self._predictions(self._run(encoded)), warnings=warnings, warned=warned
        )

    def _run(self, encoded: Encoded) -> npt.NDArray[np.float32]:
        (answers,) = self._session.run(None, encoded.inputs())
        result: npt.NDArray[np.float32] = answers
        return result

    def _predictions(self, answers: npt.NDArray[np.float32]) -> list[dict[str, Any]]:
        labels = self.signature.classes
        if labels is None:
            return [{"value": value} for value in answers]
        return [
            {"label": labels[best], "probabilities": dict(zip(self._names, row, strict=True))}
            for best, row in zip(answers.argmax(axis=1).tolist(), answers, strict=True)
        ]

    def _read(self, name: str, values: Values) -> Values:
        """Texts of a dataset as this model reads them: a dataset may keep what it takes for
        missing."""
        column = self._columns.get(name)
        if column is None or column.type != "category" or isinstance(values, np.ndarray):
            return values
        known = {text: _text_of(column, text) for text in _texts(values)}
        return [known.get(value, value) for value in values]

    def warm_up(self) -> None:
        """Answer one row of missing values: the first answer allocates, later ones do not."""
        self.respond({column.name: [None] for column in self.signature.columns})


def _texts(values: Iterable[Any]) -> set[str]:
    return {value for value in values if isinstance(value, str)}


def _text_of(cell: Cell, text: str) -> Any:
    try:
        return cell.of_text(text)
    except Misread:
        return text


def _json_name(label: Any) -> str:
    """A class as a member's name: text as it is, anything else as JSON spells it."""
    return label if isinstance(label, str) else json.dumps(label)
