"""A small offline cloud for the SageMaker tests: moto, the runtime before it, real processes.

Its one image, `box`, is a script whose behaviour the tests choose by hyperparameter or variable.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

os.environ["MOTO_ALLOW_NONEXISTENT_REGION"] = "true"

import boto3
from botocore.config import Config
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.base_backend import BackendDict
from moto.events.models import events_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.sagemaker.models import sagemaker_backends
from werkzeug.serving import WSGIRequestHandler, make_server

from localcloud import autoscaling, backends, house, sagemaker
from localcloud.clock import Clock
from localcloud.events.models import LocalEventsBackend
from localcloud.processes import Processes
from localcloud.sagemaker import runtime
from localcloud.sagemaker.models import LocalSageMakerBackend

BOX = Path(__file__).parent / "box.py"
IMAGE = f"{DEFAULT_ACCOUNT_ID}.dkr.ecr.mars-west-1.amazonaws.com/assets:box"
ROLE = f"arn:aws:iam::{DEFAULT_ACCOUNT_ID}:role/box"
SCALE = 600.0
"""A metric period of 60 s takes 0.1 s."""


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """The clients and a few helpers."""

    home: house.House
    sagemaker: Any
    runtime: Any
    s3: Any
    sqs: Any
    logs: Any
    cloudwatch: Any
    scaling: Any
    queue: str
    heard: list[dict[str, Any]] = field(default_factory=list)

    def events(self, name: str) -> list[dict[str, Any]]:
        """Everything the bus has said so far about the resource `name`."""
        while messages := self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            self.heard.extend(json.loads(m["Body"]) for m in messages)
        return [e for e in self.heard if any(name in arn for arn in e["resources"])]

    def put(self, key: str, body: bytes) -> None:
        self.s3.put_object(Bucket="data", Key=key, Body=body)

    def get(self, key: str) -> bytes:
        return self.s3.get_object(Bucket="data", Key=key)["Body"].read()

    def keys(self, prefix: str) -> list[str]:
        found = self.s3.list_objects_v2(Bucket="data", Prefix=prefix)
        return [o["Key"] for o in found.get("Contents", ())]

    def train(self, name: str, does: str = "train", **more: Any) -> str:
        """Start a training job whose box does `does`."""
        self.put(f"in/{name}/train/rows.txt", b"1\n2\n")
        request = {
            "TrainingJobName": name,
            "AlgorithmSpecification": {
                "TrainingImage": IMAGE,
                "TrainingInputMode": "File",
                "MetricDefinitions": [{"Name": "train:loss", "Regex": r"loss=([0-9.]+)"}],
            },
            "RoleArn": ROLE,
            "HyperParameters": {"does": does},
            "InputDataConfig": [
                {
                    "ChannelName": "train",
                    "DataSource": {
                        "S3DataSource": {
                            "S3DataType": "S3Prefix",
                            "S3Uri": f"s3://data/in/{name}/train/",
                        }
                    },
                }
            ],
            "OutputDataConfig": {"S3OutputPath": "s3://data/out/", "CompressionType": "NONE"},
            "ResourceConfig": {
                "InstanceType": "ml.m5.large",
                "InstanceCount": 1,
                "VolumeSizeInGB": 1,
            },
            "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        }
        self.sagemaker.create_training_job(**(request | more))
        return name

    def training_end(self, name: str) -> dict[str, Any]:
        """The document of a training job that ended."""

        def ended() -> Any:
            job = self.sagemaker.describe_training_job(TrainingJobName=name)
            return job if job["TrainingJobStatus"] in ("Completed", "Failed", "Stopped") else None

        return until(ended)

    def config(self, name: str, *, says: str = "one", instances: int = 1, **more: Any) -> str:
        """A model and an endpoint config of the same name, whose box answers `says`."""
        self.put(f"models/{name}/answer.txt", says.encode())
        env = more.pop("env", {})
        self.sagemaker.create_model(
            ModelName=name,
            ExecutionRoleArn=ROLE,
            PrimaryContainer={
                "Image": IMAGE,
                "Environment": env,
                "ModelDataSource": {
                    "S3DataSource": {
                        "S3Uri": f"s3://data/models/{name}/",
                        "S3DataType": "S3Prefix",
                        "CompressionType": "None",
                    }
                },
            },
        )
        self.sagemaker.create_endpoint_config(
            EndpointConfigName=name,
            ProductionVariants=[
                {
                    "VariantName": "main",
                    "ModelName": name,
                    "InstanceType": "ml.m5.large",
                    "InitialInstanceCount": instances,
                    "InitialVariantWeight": 1.0,
                }
            ],
            **more,
        )
        return name

    def endpoint(self, name: str, **more: Any) -> str:
        """An endpoint in service, with a config of its own name."""
        self.config(name, **more)
        self.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
        assert self.settled(name)["EndpointStatus"] == "InService"
        return name

    def settled(self, name: str) -> dict[str, Any]:
        """The endpoint, once nothing changes any more."""

        def at_rest() -> Any:
            endpoint = self.sagemaker.describe_endpoint(EndpointName=name)
            return endpoint if endpoint["EndpointStatus"] in ("InService", "Failed") else None

        return until(at_rest)

    def invoke(self, name: str, body: bytes = b"{}", **more: Any) -> bytes:
        request = {"EndpointName": name, "ContentType": "application/json", "Body": body}
        return self.runtime.invoke_endpoint(**(request | more))["Body"].read()

    def instances(self, name: str) -> int:
        endpoint = self.sagemaker.describe_endpoint(EndpointName=name)
        return int(endpoint["ProductionVariants"][0]["CurrentInstanceCount"])


def until(probe: Callable[[], Any], seconds: float = 10.0) -> Any:
    """The first true answer of `probe`."""
    deadline = time.monotonic() + seconds
    while True:
        if found := probe():
            return found
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.03)


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, *_: Any, **__: Any) -> None:
        """Say nothing."""


def _assembly(folder: Path) -> Path:
    context = folder / "asset.box"
    context.mkdir(parents=True)
    (context / "box.py").write_text(BOX.read_text())
    (context / "Dockerfile").write_text('FROM scratch\nENTRYPOINT ["python", "box.py"]\n')
    assets = {
        "dockerImages": {
            "box": {
                "source": {"directory": "asset.box"},
                "destinations": {"here": {"imageTag": "box", "repositoryName": "assets"}},
            }
        }
    }
    (folder / "box.assets.json").write_text(json.dumps(assets))
    artifacts = {
        "box": {
            "type": "aws:cloudformation:stack",
            "properties": {"templateFile": "box.template.json"},
        },
        "box.assets": {"type": "cdk:asset-manifest", "properties": {"file": "box.assets.json"}},
    }
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    return folder


@contextmanager
def running(folder: Path) -> Iterator[Cloud]:
    """The cloud, its files below `folder`."""
    BackendDict.reset()
    before = sagemaker_backends.backend, events_backends.backend
    sagemaker_backends.backend = LocalSageMakerBackend
    events_backends.backend = LocalEventsBackend
    moto = DomainDispatcherApplication(create_backend_app)

    def front(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        return runtime.handle(environ, start_response) or moto(environ, start_response)

    server = make_server("127.0.0.1", 0, front, threaded=True, request_handler=_Quiet)
    url = f"http://127.0.0.1:{server.server_port}"
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    home = house.House(
        endpoint_url=url,
        account=DEFAULT_ACCOUNT_ID,
        data_dir=folder / "data",
        assembly=_assembly(folder / "cdk.out"),
        clock=Clock(scale=SCALE),
        processes=Processes(),
    )
    home.data_dir.mkdir()
    house.install(home)
    backends.create(home.account, home.region)
    serving.start()
    session = boto3.session.Session("AKIATEST", "secret", region_name=home.region)

    def client(service: str) -> Any:
        return session.client(
            service, endpoint_url=url, config=Config(retries={"total_max_attempts": 1})
        )

    client("s3").create_bucket(
        Bucket="data", CreateBucketConfiguration={"LocationConstraint": home.region}
    )
    queue = client("sqs").create_queue(QueueName="heard")["QueueUrl"]
    events = client("events")
    events.put_rule(Name="all", EventPattern=json.dumps({"source": ["aws.sagemaker"]}))
    arn = f"arn:aws:sqs:{home.region}:{home.account}:heard"
    events.put_targets(Rule="all", Targets=[{"Id": "1", "Arn": arn}])
    stop_scaling = autoscaling.start(home)
    yield Cloud(
        home=home,
        sagemaker=client("sagemaker"),
        runtime=client("sagemaker-runtime"),
        s3=client("s3"),
        sqs=client("sqs"),
        logs=client("logs"),
        cloudwatch=client("cloudwatch"),
        scaling=client("application-autoscaling"),
        queue=queue,
    )
    stop_scaling()
    sagemaker.stop_all()
    home.processes.stop_all()
    server.shutdown()
    serving.join()
    server.server_close()
    BackendDict.reset()
    # Other tests of this process have moto as it is.
    sagemaker_backends.backend, events_backends.backend = before
