"""What the promises need of a running cloud: dropping, waiting for ends, calling, making data."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

import boto3
import numpy as np

from sluice.client import Client
from sluice.clouds import Cloud
from sluice.contracts.ledger import RunState
from sluice.contracts.names import package_group

T = TypeVar("T")
PATIENCE = 90.0
"""Seconds that a promise may take; far above what it does take."""


def poll(
    look: Callable[[], T | None], *, what: str, patience: float = PATIENCE, every: float = 0.1
) -> T:
    """Look until there is something; `AssertionError` names what never came."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(every)
    raise AssertionError(f"After {patience:g} s there was no {what}.")


class Offline:
    """The running `sluice up`, reached only as any AWS client would reach it."""

    def __init__(self, up: dict[str, Any]) -> None:
        self.up = up
        session = boto3.Session(
            aws_access_key_id=up["env"]["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=up["env"]["AWS_SECRET_ACCESS_KEY"],
            region_name=up["env"]["AWS_REGION"],
        )
        self.cloud = Cloud(
            description="the tests' cloud",
            stack=up["stack"],
            session=session,
            endpoint_url=up["endpoint_url"],
            ca_file=up["ca_file"],
        )
        self.client = Client(self.cloud)
        self.slug = self.cloud.outputs["Slug"]

    def aws(self, service: str) -> Any:
        return self.cloud.client(service)

    def put(self, key: str, body: bytes | str) -> str:
        """A plain PutObject; answers the run that it starts."""
        answer = self.aws("s3").put_object(Bucket=self.up["drop_bucket"], Key=key, Body=body)
        return self.client.run_of(key, answer["VersionId"])

    def end(self, run: str, *, state: str | None = None) -> RunState:
        """Wait for the run's end, and hold it against the wanted one."""

        def ended() -> RunState | None:
            found = self.client.state(run)
            return found if found and found.state != "running" else None

        found = poll(ended, what=f"end of {run}")
        if state:
            assert found.state == state, f"{found.state}: {found.reason}"
        return found

    def drop(self, key: str, body: bytes | str, *, state: str | None = None) -> RunState:
        """Put an object and wait for its run's end."""
        return self.end(self.put(key, body), state=state)

    def artifacts(self, prefix: str) -> dict[str, int]:
        """Key below the prefix -> size."""
        pages = self.aws("s3").get_paginator("list_objects_v2")
        return {
            item["Key"].removeprefix(prefix): item["Size"]
            for page in pages.paginate(Bucket=self.up["artifact_bucket"], Prefix=prefix)
            for item in page.get("Contents", ())
        }

    def read(self, key: str) -> bytes:
        answer = self.aws("s3").get_object(Bucket=self.up["artifact_bucket"], Key=key)
        body: bytes = answer["Body"].read()
        return body

    def training_jobs(self, run: str) -> list[str]:
        found = self.aws("sagemaker").list_training_jobs(NameContains=run)["TrainingJobSummaries"]
        return [job["TrainingJobName"] for job in found]

    def retire(self, model: str) -> None:
        """End a model as an operator would: reject its packages, then delete its endpoints."""
        sagemaker = self.aws("sagemaker")
        group = package_group(self.slug, model)
        groups = sagemaker.list_model_package_groups(NameContains=group)
        if group in [g["ModelPackageGroupName"] for g in groups["ModelPackageGroupSummaryList"]]:
            pages = sagemaker.get_paginator("list_model_packages")
            for page in pages.paginate(ModelPackageGroupName=group):
                for package in page["ModelPackageSummaryList"]:
                    sagemaker.update_model_package(
                        ModelPackageArn=package["ModelPackageArn"], ModelApprovalStatus="Rejected"
                    )

        def gone() -> bool:
            """SageMaker refuses to delete an endpoint that still settles."""
            found = sagemaker.list_endpoints(NameContains=f"{group}-g")["Endpoints"]
            for endpoint in found:
                if endpoint["EndpointStatus"] in ("InService", "Failed"):
                    sagemaker.delete_endpoint(EndpointName=endpoint["EndpointName"])
            return not found

        poll(gone, what=f"end of {group}'s endpoints")

    def queue_url(self, stage: str) -> str:
        url: str = self.aws("sqs").get_queue_url(QueueName=f"{self.slug}-{stage}")["QueueUrl"]
        return url


def table(rows: int = 400, *, seed: int = 0, noise: float = 0.15, red: float = 1.0) -> str:
    """A CSV with two classes that a number and a colour tell apart, but for some noise.

    `red` is what being red adds to the number; the lower, the less the colour tells.
    """
    random = np.random.default_rng(seed)
    width = random.normal(size=rows)
    colour = random.choice(["red", "green", "blue"], size=rows)
    wealthy = width + np.where(colour == "red", red, -red / 2) > 0
    flip = random.random(rows) < noise
    names = np.where(wealthy ^ flip, "rich", "poor")
    lines = [f"{w:.6f},{c},{n}" for w, c, n in zip(width, colour, names, strict=True)]
    return "\n".join(["width,colour,label", *lines]) + "\n"


def numbers(rows: int = 400, *, seed: int = 0) -> str:
    """A CSV whose last column is a number that the others give, but for some noise."""
    random = np.random.default_rng(seed)
    x = random.normal(size=rows)
    w = random.normal(size=rows)
    price = 3 * x - 2 * w + random.normal(scale=0.1, size=rows)
    lines = [f"{a:.6f},{b:.6f},{c:.6f}" for a, b, c in zip(x, w, price, strict=True)]
    return "\n".join(["x,w,price", *lines]) + "\n"
