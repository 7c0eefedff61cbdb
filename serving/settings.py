"""What the platform tells the two programs of this image, read in one place."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sluice.contracts.training import ROOT_VARIABLE


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """Of `serve` and of `evaluate`; each uses its own."""

    root: Path
    """SageMaker's layout: `model/` for serve, `processing/` for evaluate."""
    port: int
    """Where serve listens: SAGEMAKER_BIND_TO_PORT, else SageMaker's 8080."""
    version: str | None
    """What answers call the model, where it is not the signature's own version."""
    metric: str
    """What decides: `auto` or a metric's name."""
    candidate: str | None
    champion: str | None
    """Versions that the evaluation reports."""

    @classmethod
    def read(cls, variables: Mapping[str, str] = os.environ) -> Settings:
        """From the environment; `ValueError` names a variable that makes no sense."""
        port = variables.get("SAGEMAKER_BIND_TO_PORT", "8080")
        if not port.isdecimal() or int(port) > 65535:
            raise ValueError(f"SAGEMAKER_BIND_TO_PORT is {port!r}, no port number.")
        return cls(
            root=Path(variables.get(ROOT_VARIABLE, "/opt/ml")),
            port=int(port),
            version=variables.get("SLUICE_VERSION") or None,
            metric=variables.get("SLUICE_METRIC") or "auto",
            candidate=variables.get("SLUICE_CANDIDATE") or None,
            champion=variables.get("SLUICE_CHAMPION") or None,
        )
