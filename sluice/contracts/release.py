"""A release: what the registry holds of a judged model, and the champion that answers callers."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class PackageProperties(BaseModel):
    """`CustomerMetadataProperties` of a model package; SageMaker carries them as strings."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    run: str
    attempt: int
    version: str
    sequence: int
    released: str = ""
    """When it first went into service; empty until then."""
    barred: str = ""
    """Why it may never be released (again): superseded, or rolled back."""

    def as_strings(self) -> dict[str, str]:
        """As CreateModelPackage takes them; empty values are left out."""
        return {name: str(value) for name, value in self.model_dump().items() if value != ""}


class Champion(BaseModel):
    """The pointer that callers follow: which version of a model answers, and where."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    model: str
    version: str
    run: str
    attempt: int
    sequence: int
    endpoint: str
    generation: int
    endpoint_config: str
    package: str
    """ARN of the model package."""
    instance_type: str
    artifacts: str
    """S3 URI of the model folder, ending in `/`."""
    evaluation: str
    """S3 URI of evaluation.json."""
    released_at: str

    def item(self) -> dict[str, Any]:
        """As it is stored in the models table."""
        return self.model_dump()
