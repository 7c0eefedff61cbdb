"""A prediction: what applications send and get, and the signature they are held against."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from sluice.contracts.dataset import ColumnType, Reading, Scalar, TaskName

PROBLEM_TYPE: Final = "application/problem+json"
"""RFC 9457."""

MAX_BODY_BYTES: Final = 4_500_000
"""Largest request: a REST body reaches a Lambda base64-encoded within its 6 MB payload."""

MAX_ROWS: Final = 10_000
"""Largest batch in one request."""

MAX_WARNINGS: Final = 20
"""Warnings that one answer lists; the rest are counted."""

EXPECT_HEADER: Final = "Sluice-Expect-Version"
"""Request header: the version that the caller counts on; another one answers 409."""

VERSION_PARAMETER: Final = "version"
"""The same as a query parameter."""

WARNINGS_ATTRIBUTE: Final = "warnings"
"""Name under which a container counts an answer's warnings in SageMaker's custom attributes."""


class SignatureColumn(BaseModel):
    """One input column that the model expects."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    name: str
    type: ColumnType
    nullable: bool
    """Training saw missing values here: null, or leaving the column out, means missing."""
    reading: Reading | None = None
    """How its text is written; None: the plain way."""
    min: Scalar | None = None
    max: Scalar | None = None
    """What the training data held, of numbers, dates and timestamps."""


class Signature(BaseModel):
    """`signature.json`: what a model takes and gives.

    What one instance is (a row's columns, a text, an image, …) and which members an answer has
    stand in the task's row; here is what differs from one model of the task to the next.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    model: str
    version: str
    task: TaskName
    target: str
    classes: tuple[Scalar, ...] | None
    """The labels as callers get them, in the order of the probabilities; None: a quantity."""
    columns: tuple[SignatureColumn, ...]
    """What one instance holds, by name; a text or an image is a column of that type."""
    read_past: tuple[str, ...] = ()
    """Columns that the data has and the model does not look at: a request may hold them."""
    missing: tuple[str, ...] = ()
    """Spellings of a missing value, beside nothing at all."""

    def interface(self) -> dict[str, Any]:
        """What callers depend on: all but model, version, ranges and the order of columns. Two
        models with equal interfaces may take turns behind one endpoint."""
        columns = {"__all__": {"min", "max"}}
        found = self.model_dump(
            mode="json", exclude={"model": True, "version": True, "columns": columns}
        )
        found["columns"].sort(key=lambda column: column["name"])
        found["read_past"].sort()
        return found


def problem(
    status: int, title: str, detail: str, *, remedy: str = "", problems: Any = ()
) -> dict[str, Any]:
    """An RFC 9457 problem document; `problems` are extension members, one a row and column."""
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status}
    body["detail"] = f"{detail} {remedy}".strip()
    if problems:
        body["problems"] = list(problems)
    return body
