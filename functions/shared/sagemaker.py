"""Reading the truth from SageMaker: what attempts a run has, and what the registry holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from botocore.exceptions import ClientError

from functions.shared.clients import client
from sluice.contracts.names import Run, package_group
from sluice.contracts.release import PackageProperties

_ABSENT = ("ResourceNotFound", "ValidationException")


def absent(error: ClientError) -> bool:
    """Whether a Describe says that there is no such thing.

    SageMaker answers ValidationException "Could not find …" for most resources and ResourceNotFound
    for the newer ones, https://docs.aws.amazon.com/sagemaker/latest/APIReference/.
    """
    code, text = error.response["Error"]["Code"], error.response["Error"]["Message"].lower()
    return code in _ABSENT and any(
        words in text for words in ("could not find", "not found", "does not exist", "not exist")
    )


def describe(operation: str, **name: str) -> dict[str, Any] | None:
    """The answer of a Describe call, or None where there is no such thing."""
    try:
        answer: dict[str, Any] = getattr(client("sagemaker"), operation)(**name)
    except ClientError as error:
        if absent(error):
            return None
        raise
    return answer


def describe_attempts(
    kind: Literal["training", "processing"], run: Run
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The run's jobs of one kind, from attempt 1 until there is none."""
    member = {"training": "TrainingJobName", "processing": "ProcessingJobName"}[kind]
    for attempt in range(1, 100):
        job = describe(f"describe_{kind}_job", **{member: run.attempt(attempt)})
        if job is None:
            return
        yield attempt, job


@dataclass(frozen=True, kw_only=True, slots=True)
class Package:
    """A model package of the registry, as the stages need it."""

    arn: str
    approval: str
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


def packages(slug: str, model: str) -> list[Package]:
    """Every package of the model that the gate registered, newest drop first."""
    pages = client("sagemaker").get_paginator("list_model_packages")
    found: list[Package | None] = []
    try:
        for page in pages.paginate(ModelPackageGroupName=package_group(slug, model)):
            summaries = page["ModelPackageSummaryList"]
            found.extend(read_package(summary["ModelPackageArn"]) for summary in summaries)
    except ClientError as error:
        if not absent(error):
            raise
    ours = [package for package in found if package is not None]
    return sorted(ours, key=lambda package: package.properties.sequence, reverse=True)


def read_package(arn: str) -> Package | None:
    """One package; None where somebody else registered it, without our properties."""
    answer = client("sagemaker").describe_model_package(ModelPackageName=arn)
    properties = answer.get("CustomerMetadataProperties") or {}
    if "run" not in properties:
        return None
    container = answer["InferenceSpecification"]["Containers"][0]
    return Package(
        arn=arn,
        approval=answer["ModelApprovalStatus"],
        properties=PackageProperties.model_validate(properties),
        image=container["Image"],
        artifacts=container["ModelDataSource"]["S3DataSource"]["S3Uri"],
        evaluation=answer["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"],
        reason=answer.get("ApprovalDescription") or answer.get("ModelPackageDescription", ""),
    )
