"""Endpoints are fleets of real processes, changed without dropping a request."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from sagemaker_cloud import IMAGE, ROLE, Cloud, until


@contextmanager
def calling(cloud: Cloud, name: str, threads: int = 2) -> Iterator[list[str]]:
    """Threads that call the endpoint all the while; what they heard, refusals included."""
    heard: list[str] = []
    ended = threading.Event()

    def call() -> None:
        while not ended.is_set():
            try:
                heard.append(cloud.invoke(name).decode().split()[0])
            except ClientError as error:
                heard.append(str(error))

    callers = [threading.Thread(target=call) for _ in range(threads)]
    for caller in callers:
        caller.start()
    try:
        yield heard
    finally:
        ended.set()
        for caller in callers:
            caller.join()


def update(cloud: Cloud, name: str, config: str, **more: Any) -> dict[str, Any]:
    cloud.sagemaker.update_endpoint(EndpointName=name, EndpointConfigName=config, **more)
    settled: dict[str, Any] = cloud.settled(name)
    return settled


def test_an_endpoint_answers(cloud: Cloud) -> None:
    name = cloud.endpoint("answers", says="hello")
    answer = cloud.runtime.invoke_endpoint(
        EndpointName=name, ContentType="application/json", Body=b"{}", CustomAttributes="trace=1"
    )
    assert answer["Body"].read().startswith(b"hello ")
    assert answer["ContentType"] == "text/plain"
    assert answer["InvokedProductionVariant"] == "main"
    assert answer["CustomAttributes"] == "trace=1"
    described = cloud.sagemaker.describe_endpoint(EndpointName=name)
    (variant,) = described["ProductionVariants"]
    assert (variant["CurrentInstanceCount"], variant["CurrentWeight"]) == (1, 1.0)
    until(lambda: len(cloud.events("endpoint/answers")) == 2)
    statuses = [e["detail"]["EndpointStatus"] for e in cloud.events("endpoint/answers")]
    assert statuses == ["CREATING", "IN_SERVICE"]


def test_refusals_are_those_of_aws(cloud: Cloud) -> None:
    with pytest.raises(ClientError, match=r"Endpoint nobody of account \d+ not found") as raised:
        cloud.invoke("nobody")
    assert raised.value.response["Error"]["Code"] == "ValidationError"
    name = cloud.endpoint("refuses")
    with pytest.raises(cloud.runtime.exceptions.ModelError) as model_error:
        cloud.invoke(name, b'{"status": 422}')
    response = model_error.value.response
    assert response["OriginalStatusCode"] == 422
    assert response["OriginalMessage"].startswith("one ")
    assert response["LogStreamArn"].endswith("/aws/sagemaker/Endpoints/refuses")
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 424
    with pytest.raises(ClientError, match="Cannot create already existing endpoint"):
        cloud.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    with pytest.raises(ClientError, match="Cannot create already existing model"):
        cloud.config(name)
    with pytest.raises(ClientError, match="Could not find endpoint configuration"):
        cloud.sagemaker.update_endpoint(EndpointName=name, EndpointConfigName="absent")


def test_an_endpoint_that_cannot_start_fails_and_says_why(cloud: Cloud) -> None:
    cloud.config("broken", env={"BROKEN": "yes"})
    cloud.sagemaker.create_endpoint(EndpointName="broken", EndpointConfigName="broken")
    endpoint = cloud.settled("broken")
    assert endpoint["EndpointStatus"] == "Failed"
    assert "cannot load the model" in endpoint["FailureReason"]
    with pytest.raises(ClientError, match="Cannot update failed endpoint"):
        cloud.sagemaker.update_endpoint(EndpointName="broken", EndpointConfigName="broken")
    cloud.sagemaker.delete_endpoint(EndpointName="broken")


def test_an_update_drops_no_request(cloud: Cloud) -> None:
    name = cloud.endpoint("updated", says="old")
    cloud.config("updated-2", says="new", instances=2)
    with calling(cloud, name) as heard:
        until(lambda: len(heard) > 20)
        cloud.sagemaker.update_endpoint(EndpointName=name, EndpointConfigName="updated-2")
        with pytest.raises(ClientError, match="Cannot update in-progress endpoint"):
            cloud.sagemaker.update_endpoint(EndpointName=name, EndpointConfigName=name)
        during = cloud.sagemaker.describe_endpoint(EndpointName=name)
        assert during["EndpointConfigName"] == name
        assert during["PendingDeploymentSummary"]["EndpointConfigName"] == "updated-2"
        assert cloud.settled(name)["EndpointConfigName"] == "updated-2"
        seen = len(heard)
        until(lambda: len(heard) > seen + 20)
    assert set(heard) == {"old", "new"}
    assert heard[-1] == "new"


def test_a_request_in_flight_is_answered_by_the_fleet_that_goes(cloud: Cloud) -> None:
    name = cloud.endpoint("slow", says="old")
    cloud.config("slow-2", says="new")
    heard: list[bytes] = []
    caller = threading.Thread(
        target=lambda: heard.append(cloud.invoke(name, b'{"sleep": 1.0}')), daemon=True
    )
    caller.start()
    update(cloud, name, "slow-2")
    assert cloud.invoke(name).startswith(b"new")
    assert not heard
    caller.join()
    assert heard[0].startswith(b"old")


def test_a_new_fleet_that_fails_leaves_everything_as_it_was(cloud: Cloud) -> None:
    name = cloud.endpoint("safe", says="old")
    cloud.config("safe-2", env={"BROKEN": "yes"})
    with calling(cloud, name) as heard:
        endpoint = update(cloud, name, "safe-2")
    assert set(heard) == {"old"}
    assert endpoint["EndpointStatus"] == "InService"
    assert endpoint["EndpointConfigName"] == name
    assert "cannot load the model" in endpoint["FailureReason"]


def test_an_update_may_keep_the_instance_count(cloud: Cloud) -> None:
    name = cloud.endpoint("kept")
    change = {"VariantName": "main", "DesiredInstanceCount": 2, "DesiredWeight": 1}
    cloud.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=name, DesiredWeightsAndCapacities=[change]
    )
    assert cloud.settled(name)["ProductionVariants"][0]["CurrentInstanceCount"] == 2
    cloud.config("kept-2")
    update(cloud, name, "kept-2", RetainAllVariantProperties=True)
    assert cloud.instances(name) == 2
    update(cloud, name, name)
    assert cloud.instances(name) == 1


def test_steps_of_traffic_are_refused_by_name(cloud: Cloud) -> None:
    name = cloud.endpoint("stepwise")
    routing = {
        "Type": "CANARY",
        "WaitIntervalInSeconds": 60,
        "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 10},
    }
    with pytest.raises(ClientError, match="CANARY") as raised:
        cloud.sagemaker.update_endpoint(
            EndpointName=name,
            EndpointConfigName=name,
            DeploymentConfig={"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing}},
        )
    assert raised.value.response["Error"]["Code"] == "NotImplemented"
    assert cloud.settled(name)["EndpointStatus"] == "InService"


def test_an_instance_that_dies_is_replaced_and_not_routed_to(cloud: Cloud) -> None:
    name = cloud.endpoint("mortal", instances=2)
    before = {cloud.invoke(name) for _ in range(4)}
    assert len(before) == 2
    with pytest.raises(cloud.runtime.exceptions.ModelError):
        cloud.invoke(name, b'{"die": 1}')
    assert {cloud.invoke(name) for _ in range(4)} < before
    until(lambda: len({cloud.invoke(name) for _ in range(4)}) == 2)
    assert {cloud.invoke(name) for _ in range(4)} != before


def test_a_deleted_endpoint_is_gone_with_its_processes(cloud: Cloud) -> None:
    name = cloud.endpoint("gone")
    pid = int(cloud.invoke(name).split()[1])
    cloud.sagemaker.delete_endpoint(EndpointName=name)

    def absent() -> bool:
        try:
            cloud.sagemaker.describe_endpoint(EndpointName=name)
        except ClientError as error:
            return "Could not find endpoint" in str(error)
        return False

    until(absent)
    with pytest.raises(ClientError, match="not found"):
        cloud.invoke(name)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not (cloud.home.data_dir / "endpoints" / name).exists()


def test_requests_and_answers_are_captured(cloud: Cloud) -> None:
    capture = {
        "EnableCapture": True,
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": "s3://data/captures/seen/",
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
        "CaptureContentTypeHeader": {"JsonContentTypes": ["application/json"]},
    }
    name = cloud.endpoint("seen", DataCaptureConfig=capture)
    cloud.invoke(name, b'{"sleep": 0}')
    (key,) = until(lambda: cloud.keys("captures/seen/"))
    hour = time.strftime("%Y/%m/%d/", time.gmtime())
    assert key.startswith(f"captures/seen/seen/main/{hour}")
    assert key.endswith(".jsonl")
    (line,) = cloud.get(key).decode().splitlines()
    record = json.loads(line)
    assert record["eventVersion"] == "0"
    assert set(record["eventMetadata"]) == {"eventId", "inferenceTime"}
    asked, said = (record["captureData"][f"endpoint{side}"] for side in ("Input", "Output"))
    assert asked == {
        "observedContentType": "application/json",
        "mode": "INPUT",
        "data": '{"sleep": 0}',
        "encoding": "JSON",
    }
    assert (said["encoding"], said["mode"]) == ("BASE64", "OUTPUT")
    described = cloud.sagemaker.describe_endpoint(EndpointName=name)["DataCaptureConfig"]
    assert described["CaptureStatus"] == "Started"


def test_what_was_captured_is_written_before_the_endpoint_goes(cloud: Cloud) -> None:
    capture = {
        "EnableCapture": True,
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": "s3://data/captures/last",
        "CaptureOptions": [{"CaptureMode": "Input"}],
    }
    name = cloud.endpoint("last", DataCaptureConfig=capture)
    for _ in range(3):
        cloud.invoke(name)
    cloud.sagemaker.delete_endpoint(EndpointName=name)
    until(lambda: "last" not in [e["EndpointName"] for e in listed(cloud)])
    lines = b"".join(cloud.get(key) for key in cloud.keys("captures/last/"))
    assert len(lines.splitlines()) == 3


def listed(cloud: Cloud) -> list[dict[str, Any]]:
    endpoints: list[dict[str, Any]] = cloud.sagemaker.list_endpoints()["Endpoints"]
    return endpoints


def test_a_packed_model_is_served(cloud: Cloud) -> None:
    job = cloud.training_end(
        cloud.train("packs", "answer", OutputDataConfig={"S3OutputPath": "s3://data/out"})
    )
    uri = job["ModelArtifacts"]["S3ModelArtifacts"]
    box = {"Image": IMAGE, "ModelDataUrl": uri}
    cloud.sagemaker.create_model(ModelName="packed", ExecutionRoleArn=ROLE, PrimaryContainer=box)
    variant = {"VariantName": "main", "ModelName": "packed", "InstanceType": "ml.m5.large"}
    cloud.sagemaker.create_endpoint_config(
        EndpointConfigName="packed", ProductionVariants=[variant | {"InitialInstanceCount": 1}]
    )
    cloud.sagemaker.create_endpoint(EndpointName="packed", EndpointConfigName="packed")
    assert cloud.settled("packed")["EndpointStatus"] == "InService"
    assert cloud.invoke("packed").startswith(b"packed ")


def test_traffic_is_seen_in_cloudwatch(cloud: Cloud) -> None:
    name = cloud.endpoint("counted")
    for _ in range(3):
        cloud.invoke(name)
    with pytest.raises(cloud.runtime.exceptions.ModelError):
        cloud.invoke(name, b'{"status": 400}')
    dimensions = [
        {"Name": "EndpointName", "Value": name},
        {"Name": "VariantName", "Value": "main"},
    ]

    def total(metric: str) -> float:
        now = datetime.now(UTC)
        points = cloud.cloudwatch.get_metric_statistics(
            Namespace="AWS/SageMaker",
            MetricName=metric,
            Dimensions=dimensions,
            StartTime=now - timedelta(minutes=5),
            EndTime=now + timedelta(minutes=5),
            Period=600,
            Statistics=["Sum"],
        )["Datapoints"]
        return float(sum(point["Sum"] for point in points))

    until(lambda: total("Invocations") == 4)
    assert total("InvocationsPerInstance") == 4
    assert total("Invocation4XXErrors") == 1
    assert total("Invocation5XXErrors") == 0
    assert total("ModelLatency") > 0


def test_the_gateway_costs_little(cloud: Cloud) -> None:
    name = cloud.endpoint("fast")
    cloud.invoke(name)
    seconds = []
    for _ in range(50):
        begun = time.perf_counter()
        cloud.invoke(name)
        seconds.append(time.perf_counter() - begun)
    assert sorted(seconds)[25] < 0.05
