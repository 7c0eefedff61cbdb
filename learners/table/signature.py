"""What a model of a table takes and gives: the columns it looks at, one by one."""

from __future__ import annotations

from sluice.contracts.dataset import Schema
from sluice.contracts.prediction import Signature, SignatureColumn


def signature(schema: Schema, *, model: str, version: str) -> Signature:
    """The signature of a model trained on `schema`; `ValueError` where that has no target."""
    if schema.target is None:
        raise ValueError("The schema names no target: there is nothing to predict.")
    return Signature(
        model=model,
        version=version,
        task=schema.task,
        target=schema.target.name,
        classes=schema.target.classes,
        columns=tuple(
            SignatureColumn(
                name=c.name,
                type=c.type,
                nullable=c.nullable,
                reading=c.reading,
                min=c.min,
                max=c.max,
            )
            for c in schema.features
        ),
        read_past=tuple(
            c.name
            for c in schema.columns
            if c not in schema.features and c.name != schema.target.name
        ),
        missing=schema.missing,
    )
