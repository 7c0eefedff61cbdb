"""A prediction: what applications send and get, and the signature they are held against."""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from sluice.contracts.dataset import ColumnType, Scalar, Schema

PROBLEM_TYPE: Final = "application/problem+json"
"""RFC 9457."""

MAX_BODY_BYTES: Final = 4_500_000
"""Largest request: a REST body reaches a Lambda base64-encoded within its 6 MB payload."""

MAX_ROWS: Final = 10_000
"""Largest batch in one request."""


class SignatureColumn(BaseModel):
    """One input column that the model expects."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    name: str
    type: ColumnType
    nullable: bool
    """Training saw missing values here: null, or leaving the column out, means missing."""


class Signature(BaseModel):
    """`signature.json`: what a model takes and gives."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    model: str
    version: str
    task: Literal["classification", "regression"]
    target: str
    classes: tuple[Scalar, ...] | None
    columns: tuple[SignatureColumn, ...]

    @classmethod
    def of(cls, schema: Schema, *, model: str, version: str) -> Signature:
        """The signature of a model trained on `schema`."""
        if schema.target is None or schema.task not in ("classification", "regression"):
            raise NotImplementedError(f"There is no learner for the task {schema.task!r} yet.")
        return cls(
            model=model,
            version=version,
            task=schema.task,
            target=schema.target.name,
            classes=schema.target.classes,
            columns=tuple(
                SignatureColumn(name=c.name, type=c.type, nullable=c.nullable)
                for c in schema.features
            ),
        )

    def interface(self) -> dict[str, Any]:
        """What callers depend on: all but model and version. Two models with equal interfaces may
        take turns behind one endpoint."""
        return self.model_dump(mode="json", exclude={"model", "version"})


def problem(
    status: int, title: str, detail: str, *, remedy: str = "", problems: Any = ()
) -> dict[str, Any]:
    """An RFC 9457 problem document; `problems` are extension members, one a row and column."""
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status}
    body["detail"] = f"{detail} {remedy}".strip()
    if problems:
        body["problems"] = list(problems)
    return body
