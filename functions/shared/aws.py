"""The one way to AWS: what the stages ask of SageMaker and its neighbours, and the clients for it.

A handler makes one `AwsClients` in Lambda's init phase and hands it to its step; nothing else makes
a client. A step knows the protocol `Aws` alone, so a test hands it a cloud in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, Protocol, Self

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from functions.shared.registry import Package
from sluice.contracts.names import VALIDATION_ATTEMPTS, Run, package_group

CONSIDERED: Final = 30
"""The newest packages of a model that are looked at: older ones were decided long ago, and each
costs a Describe call."""

Document = dict[str, Any]
"""A request or an answer of AWS's, as boto3 takes and gives it."""


class Aws(Protocol):
    """What the stages ask of SageMaker, its registry, its autoscaling and their queues.

    Requests are boto3's own; what is asked for twice is there once.
    """

    def training_jobs(self, run: Run) -> list[Document]:
        """The Describe answers of the run's training jobs, attempt 1 first."""

    def evaluations(self, run: Run) -> list[Document]:
        """The Describe answers of the run's evaluations, attempt 1 first."""

    def validations(self, run: Run) -> list[Document]:
        """The Describe answers of the jobs that validate the run's drop, attempt 1 first."""

    def start(self, operation: str, request: Mapping[str, Any]) -> str | None:
        """Ask SageMaker to create or update what takes machines, unless it is there already.

        AWS's words where there is no quota or no capacity for it now, else None.
        """

    def packages(self, slug: str, model: str) -> list[Package]:
        """The model's newest packages that the gate registered, newest drop first."""

    def register(self, request: Mapping[str, Any]) -> None:
        """Create a model package, and its group where there is none."""

    def change_package(self, arn: str, changes: Mapping[str, Any]) -> None:
        """Change approval, description or properties of a model package."""

    def endpoint_names(self, prefix: str) -> list[str]:
        """The names of all endpoints that begin so."""

    def endpoint(self, name: str) -> Document | None:
        """DescribeEndpoint's answer, None where there is no such endpoint."""

    def ensure_model(self, request: Mapping[str, Any]) -> None:
        """Create a SageMaker Model, unless one of that name is there."""

    def ensure_endpoint_config(self, request: Mapping[str, Any]) -> None:
        """Create an EndpointConfig, unless one of that name is there."""

    def delete_endpoint(self, name: str) -> None:
        """Delete an endpoint."""

    def scale(self, target: Mapping[str, Any], policy: Mapping[str, Any]) -> None:
        """Register a scalable target, and put its scaling policy."""

    def send(self, queue_url: str, body: str) -> None:
        """Put a message on a queue."""


def _config(read_timeout: float = 50, attempts: int = 4) -> Config:
    return Config(
        connect_timeout=3,
        read_timeout=read_timeout,
        retries={"mode": "standard", "total_max_attempts": attempts},
        tcp_keepalive=True,
        user_agent_appid="sluice",
    )


class AwsClients:
    """`Aws` by boto3: one client a service, made when first asked for, by the function's own role
    and region."""

    def __init__(self) -> None:
        self._clients: dict[str, Any] = {}
        self._dynamodb: Any = None

    @classmethod
    def prepared(cls, *services: str) -> Self:
        """With the clients of `services`, and of DynamoDB, made ahead of the first event.

        Every handler calls it when it is imported, which is Lambda's init phase. Without a region
        (a test, a type checker) there is nothing to prepare for.
        """
        made = cls()
        if boto3.Session().region_name is not None:
            made.table("")
            for service in services:
                made.client(service)
        return made

    def client(self, service: str) -> Any:
        """The boto3 client of one service."""
        if service not in self._clients:
            self._clients[service] = boto3.client(service, config=_config())
        return self._clients[service]

    def runtime(self, read_timeout: float) -> Any:
        """A client that invokes endpoints: one attempt, so that its caller's patience is kept."""
        return boto3.client("sagemaker-runtime", config=_config(read_timeout, attempts=1))

    def table(self, name: str) -> Any:
        """One DynamoDB table, items as plain Python values."""
        if self._dynamodb is None:
            self._dynamodb = boto3.resource("dynamodb", config=_config())
        return self._dynamodb.Table(name) if name else None

    @property
    def _sagemaker(self) -> Any:
        return self.client("sagemaker")

    def _describe(self, operation: str, **name: str) -> Document | None:
        try:
            answer: Document = getattr(self._sagemaker, operation)(**name)
        except ClientError as error:
            if absent(error):
                return None
            raise
        return answer

    def _jobs(self, operation: str, member: str, names: Iterator[str]) -> list[Document]:
        found: list[Document] = []
        for name in names:
            job = self._describe(operation, **{member: name})
            if job is None:
                break
            found.append(job)
        return found

    def training_jobs(self, run: Run) -> list[Document]:
        """See `Aws`."""
        return self._jobs("describe_training_job", "TrainingJobName", _attempts(run))

    def evaluations(self, run: Run) -> list[Document]:
        """See `Aws`."""
        return self._jobs("describe_processing_job", "ProcessingJobName", _attempts(run))

    def validations(self, run: Run) -> list[Document]:
        """See `Aws`."""
        names = (run.validation(number) for number in range(1, VALIDATION_ATTEMPTS + 1))
        return self._jobs("describe_processing_job", "ProcessingJobName", names)

    def start(self, operation: str, request: Mapping[str, Any]) -> str | None:
        """See `Aws`."""
        try:
            getattr(self._sagemaker, operation)(**request)
        except ClientError as error:
            short = no_capacity(error)
            if short is None and not exists_already(error):
                raise
            return short
        return None

    def packages(self, slug: str, model: str) -> list[Package]:
        """See `Aws`; the `CONSIDERED` newest only."""
        try:
            summaries = self._sagemaker.list_model_packages(
                ModelPackageGroupName=package_group(slug, model),
                SortBy="CreationTime",
                SortOrder="Descending",
                MaxResults=CONSIDERED,
            )["ModelPackageSummaryList"]
        except ClientError as error:
            if absent(error):
                return []
            raise
        arns = [summary["ModelPackageArn"] for summary in summaries]
        described = [self._sagemaker.describe_model_package(ModelPackageName=a) for a in arns]
        found = [package for answer in described if (package := Package.of(answer))]
        return sorted(found, key=lambda package: package.properties.sequence, reverse=True)

    def register(self, request: Mapping[str, Any]) -> None:
        """See `Aws`."""
        group = request["ModelPackageGroupName"]
        if self._describe("describe_model_package_group", ModelPackageGroupName=group) is None:
            self.start("create_model_package_group", {"ModelPackageGroupName": group})
        self._sagemaker.create_model_package(**request)

    def change_package(self, arn: str, changes: Mapping[str, Any]) -> None:
        """See `Aws`."""
        self._sagemaker.update_model_package(ModelPackageArn=arn, **changes)

    def endpoint_names(self, prefix: str) -> list[str]:
        """See `Aws`."""
        pages = self._sagemaker.get_paginator("list_endpoints").paginate(NameContains=prefix)
        names = [item["EndpointName"] for page in pages for item in page["Endpoints"]]
        return [name for name in names if name.startswith(prefix)]

    def endpoint(self, name: str) -> Document | None:
        """See `Aws`."""
        return self._describe("describe_endpoint", EndpointName=name)

    def ensure_model(self, request: Mapping[str, Any]) -> None:
        """See `Aws`."""
        if self._describe("describe_model", ModelName=request["ModelName"]) is None:
            self._sagemaker.create_model(**request)

    def ensure_endpoint_config(self, request: Mapping[str, Any]) -> None:
        """See `Aws`."""
        name = request["EndpointConfigName"]
        if self._describe("describe_endpoint_config", EndpointConfigName=name) is None:
            self._sagemaker.create_endpoint_config(**request)

    def delete_endpoint(self, name: str) -> None:
        """See `Aws`."""
        self._sagemaker.delete_endpoint(EndpointName=name)

    def scale(self, target: Mapping[str, Any], policy: Mapping[str, Any]) -> None:
        """See `Aws`."""
        scaling = self.client("application-autoscaling")
        scaling.register_scalable_target(**target)
        scaling.put_scaling_policy(**policy)

    def send(self, queue_url: str, body: str) -> None:
        """See `Aws`."""
        self.client("sqs").send_message(QueueUrl=queue_url, MessageBody=body)


def _attempts(run: Run) -> Iterator[str]:
    return (run.attempt(number) for number in range(1, 100))


_ABSENT: Final = ("ResourceNotFound", "ValidationException")


def no_capacity(error: ClientError) -> str | None:
    """AWS's words where a quota or the capacity is used up for now, else None."""
    if error.response["Error"]["Code"] == "ResourceLimitExceeded":
        return str(error.response["Error"]["Message"])
    return None


def exists_already(error: ClientError) -> bool:
    """Whether a Create call says that there is such a thing, which another delivery made."""
    code, text = error.response["Error"]["Code"], error.response["Error"]["Message"].lower()
    return code == "ResourceInUse" or "already exist" in text


def absent(error: ClientError) -> bool:
    """Whether a Describe says that there is no such thing.

    SageMaker answers ValidationException "Could not find …" for most resources and ResourceNotFound
    for the newer ones, https://docs.aws.amazon.com/sagemaker/latest/APIReference/.
    """
    code, text = error.response["Error"]["Code"], error.response["Error"]["Message"].lower()
    return code in _ABSENT and any(
        words in text for words in ("could not find", "not found", "does not exist", "not exist")
    )


def condition_failed(error: ClientError) -> bool:
    """Whether a conditional write found its condition unmet; every other error is to be raised."""
    return bool(error.response["Error"]["Code"] == "ConditionalCheckFailedException")


def query_all(table: Any, **request: Any) -> Iterator[dict[str, Any]]:
    """The items of a query on one table, page by page."""
    more: dict[str, Any] = {}
    while True:
        page = table.query(**request, **more)
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        more = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
