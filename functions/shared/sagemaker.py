"""Reading the truth from SageMaker: what attempts a run has, and what the registry holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from botocore.exceptions import ClientError

from functions.shared.clients import client
from sluice.contracts.names import VALIDATION_ATTEMPTS, Run, package_group
from sluice.contracts.release import PackageProperties

CONSIDERED: Final = 30
_ABSENT = ("ResourceNotFound", "ValidationException")


_AWS_TO_BLAME = re.compile(
    r"InternalServerError|internal error|CapacityError|insufficient ?capacity|MaxWaitTimeExceeded|"
    r"Unable to provision requested ML compute capacity",
    re.IGNORECASE,
)


def aws_to_blame(reason: str) -> bool:
    """Whether a failure is AWS's own, not the data's or the model's: worth another attempt."""
    return _AWS_TO_BLAME.search(reason) is not None


def no_capacity(error: ClientError) -> str | None:
    """AWS's words where a quota or the capacity is used up for now, else None."""
    if error.response["Error"]["Code"] == "ResourceLimitExceeded":
        return str(error.response["Error"]["Message"])
    return None


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


def describe_validations(run: Run) -> Iterator[tuple[int, dict[str, Any]]]:
    """The jobs that validate the run's drop, from attempt 1 until there is none."""
    for attempt in range(1, VALIDATION_ATTEMPTS + 1):
        job = describe("describe_processing_job", ProcessingJobName=run.validation(attempt))
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
    """The model's newest packages that the gate registered, newest drop first.

    The `CONSIDERED` newest only: older ones were decided long ago, and each costs a Describe call.
    """
    try:
        summaries = client("sagemaker").list_model_packages(
            ModelPackageGroupName=package_group(slug, model),
            SortBy="CreationTime",
            SortOrder="Descending",
            MaxResults=CONSIDERED,
        )["ModelPackageSummaryList"]
    except ClientError as error:
        if absent(error):
            return []
        raise
    found = [read_package(summary["ModelPackageArn"]) for summary in summaries]
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
