"""The signature of a model, read off its folder in the artifact bucket."""

from __future__ import annotations

from typing import Any, Protocol

from sluice.contracts.prediction import Signature


class Documents(Protocol):
    """A bucket whose objects can be read as JSON."""

    @property
    def bucket(self) -> str:
        """Its name."""

    def read_json(self, key: str) -> Any | None:
        """The document at a key; None where there is none."""


def signature_at(store: Documents, artifacts: str) -> Signature:
    """The signature of the model folder at an S3 URI that ends in `/`."""
    key = artifacts.removeprefix(f"s3://{store.bucket}/") + "signature.json"
    return Signature.model_validate(store.read_json(key))
