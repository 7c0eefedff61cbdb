"""A model package of SageMaker's registry, as the stages need it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from sluice.contracts.names import Run
from sluice.contracts.release import PackageProperties


@dataclass(frozen=True, kw_only=True, slots=True)
class Package:
    """One package that the gate registered."""

    arn: str
    approval: str
    """SageMaker's ModelApprovalStatus."""
    properties: PackageProperties
    image: str
    artifacts: str
    """S3 URI of the model folder, ending in `/`."""
    evaluation: str
    """S3 URI of the evaluation that the verdict rests on."""
    reason: str
    """The gate's verdict in words, or why the package was rejected later."""

    @property
    def run(self) -> Run:
        """The run that made it."""
        return Run.parse(self.properties.run)

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Self | None:
        """From DescribeModelPackage's answer; None where somebody else registered it, without our
        properties."""
        properties = answer.get("CustomerMetadataProperties") or {}
        if "run" not in properties:
            return None
        described = answer["InferenceSpecification"]["Containers"][0]
        return cls(
            arn=answer["ModelPackageArn"],
            approval=answer["ModelApprovalStatus"],
            properties=PackageProperties.model_validate(properties),
            image=described["Image"],
            artifacts=described["ModelDataSource"]["S3DataSource"]["S3Uri"],
            evaluation=answer["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"],
            reason=answer.get("ApprovalDescription") or answer.get("ModelPackageDescription", ""),
        )
