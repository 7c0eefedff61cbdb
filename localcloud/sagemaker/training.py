"""Training jobs: SageMaker's container contract ("How SageMaker AI runs your training image")."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from localcloud.sagemaker import storage
from localcloud.sagemaker.containers import Container, container, resource_config, write_config
from localcloud.sagemaker.errors import JobFailure, NotThere
from localcloud.sagemaker.jobs import Job
from localcloud.sagemaker.output import MetricFilter
from localcloud.sagemaker.resources import Document, now
from sluice.contracts.container import ON_SAGEMAKER, REASON_CHARACTERS, ContainerTree

DEFAULT_MAX_SECONDS = 86_400
"""MaxRuntimeInSeconds where the request states none ("StoppingCondition")."""

SUMMARY = (
    "TrainingJobName",
    "TrainingJobArn",
    "CreationTime",
    "TrainingEndTime",
    "LastModifiedTime",
    "TrainingJobStatus",
    "SecondaryStatus",
)


def check(request: Document) -> None:
    """Refuse, by name, what would otherwise be left out in silence."""
    if not request["AlgorithmSpecification"].get("TrainingImage"):
        raise NotThere("AlgorithmSpecification.AlgorithmName", "Name a TrainingImage.")
    resources = request.get("ResourceConfig") or {}
    if resources.get("InstanceGroups") or (resources.get("InstanceCount") or 1) > 1:
        raise NotThere("Training on several instances", "Set InstanceCount to 1.")
    default_mode = request["AlgorithmSpecification"].get("TrainingInputMode")
    for channel in request.get("InputDataConfig") or ():
        where = f"InputDataConfig, channel {channel['ChannelName']}"
        source = channel["DataSource"].get("S3DataSource")
        if source is None:
            raise NotThere(f"{where}: a source other than S3")
        if source.get("S3DataType", "S3Prefix") != "S3Prefix":
            raise NotThere(f"{where}: S3DataType {source['S3DataType']}", "Use S3Prefix.")
        if (channel.get("InputMode") or default_mode) == "Pipe":
            raise NotThere(f"{where}: input mode Pipe", "Use File or FastFile.")
        if (channel.get("CompressionType") or "None") != "None":
            raise NotThere(f"{where}: CompressionType {channel['CompressionType']}")


class TrainingJob(Job):
    """One training job."""

    kind: ClassVar[str] = "TrainingJob"
    event: ClassVar[str] = "SageMaker Training Job State Change"

    def entered(self, phase: str, message: str) -> None:
        """SecondaryStatus and its transitions; one that repeats only changes its message."""
        at = now()
        transitions = self.document.setdefault("SecondaryStatusTransitions", [])
        if transitions and transitions[-1]["Status"] == phase:
            transitions[-1]["StatusMessage"] = message
            return
        if transitions:
            transitions[-1]["EndTime"] = at
        self.document["SecondaryStatus"] = phase
        transitions.append({"Status": phase, "StartTime": at, "StatusMessage": message})

    def work(self) -> None:
        """Download, train, upload, end."""
        request, role = self.document, self.document["RoleArn"]
        self.change("Downloading", "Downloading input data", TrainingStartTime=now())
        box = self._container()
        self._fill(box, role)
        self.change("Training", "Training image download completed. Training in progress.")
        group = "/aws/sagemaker/TrainingJobs"
        definitions = request["AlgorithmSpecification"].get("MetricDefinitions") or ()
        metrics = MetricFilter(self.name, definitions)
        limits = request.get("StoppingCondition") or {}
        ended = self.execution.run(
            box,
            group=group,
            stream=f"{self.name}/algo-1-{int(now().timestamp())}",
            max_seconds=limits.get("MaxRuntimeInSeconds") or DEFAULT_MAX_SECONDS,
            metrics=metrics,
        )
        if self.abandoned:
            return
        made: dict[str, Any] = {"FinalMetricDataList": list(metrics.final.values())}
        self._keep_checkpoints(box, role)
        if ended.code != 0 and not ended.stopped:
            self._keep_output(box, role)
            raise JobFailure(_reason(box, ended.code, ended.last_line), **made | self._times())
        self.change("Uploading", "Uploading generated training model")
        made["ModelArtifacts"] = {"S3ModelArtifacts": self._keep_output(box, role, model=True)}
        made |= self._times()
        if ended.stopped == "max runtime":
            message = "The job ran longer than MaxRuntimeInSeconds"
            self.finish("Stopped", message, phase="MaxRuntimeExceeded", **made)
        elif ended.stopped:
            self.finish("Stopped", "The job was stopped", **made)
        else:
            self.finish("Completed", "Training job completed", **made)

    def _container(self) -> Container:
        request, algorithm = self.document, self.document["AlgorithmSpecification"]
        return container(
            algorithm["TrainingImage"],
            command=algorithm.get("ContainerArguments")
            or (() if algorithm.get("ContainerEntrypoint") else ("train",)),
            entrypoint=algorithm.get("ContainerEntrypoint") or (),
            root=self.folder,
            role_arn=request["RoleArn"],
            isolated=bool(request.get("EnableNetworkIsolation")),
            environment=(request.get("Environment") or {})
            | {"TRAINING_JOB_NAME": self.name, "TRAINING_JOB_ARN": self.arn},
        )

    def _fill(self, box: Container, role: str) -> None:
        request = self.document
        channels = request.get("InputDataConfig") or ()
        mode = request["AlgorithmSpecification"].get("TrainingInputMode") or "File"
        write_config(
            box.root / "input/config",
            hyperparameters=request.get("HyperParameters") or {},
            resourceconfig=resource_config(request.get("ResourceConfig") or {}),
            inputdataconfig={
                channel["ChannelName"]: {
                    "TrainingInputMode": channel.get("InputMode") or mode,
                    "S3DistributionType": "FullyReplicated",
                    "RecordWrapperType": channel.get("RecordWrapperType") or "None",
                }
                | ({"ContentType": channel["ContentType"]} if channel.get("ContentType") else {})
                for channel in channels
            },
        )
        for name in ("model", "output/data", "checkpoints"):
            (box.root / name).mkdir(parents=True)
        for channel in channels:
            uri = channel["DataSource"]["S3DataSource"]["S3Uri"]
            folder = box.inside(str(ON_SAGEMAKER.channel(channel["ChannelName"])))
            if not storage.download(role, uri, folder):
                raise JobFailure(
                    f'ClientError: Data download failed:No S3 objects found under S3 URL "{uri}" '
                    "given in input data source. Please ensure that the bucket exists in the "
                    "selected region, that objects exist under that S3 prefix."
                )
        if checkpoints := request.get("CheckpointConfig"):
            kept = self._checkpoints(box, checkpoints)
            storage.download(role, checkpoints["S3Uri"], kept, read_only=False)

    def _checkpoints(self, box: Container, config: Document) -> Path:
        return box.inside(config.get("LocalPath") or str(ON_SAGEMAKER.checkpoints))

    def _keep_checkpoints(self, box: Container, role: str) -> None:
        if config := self.document.get("CheckpointConfig"):
            storage.upload(role, self._checkpoints(box, config), config["S3Uri"])

    def _keep_output(self, box: Container, role: str, *, model: bool = False) -> str:
        """Upload output/data, and the model where it is wanted; returns the model's S3 URI."""
        config = self.document["OutputDataConfig"]
        base = f"{config['S3OutputPath'].rstrip('/')}/{self.name}/output"
        wanted = [("data", box.root / "output/data", "output.tar.gz")]
        if model:
            wanted.append(("model", box.root / "model", "model.tar.gz"))
        uri = base
        for kind, folder, archive in wanted:
            packed = (config.get("CompressionType") or "GZIP") == "GZIP"
            uri = f"{base}/{archive}" if packed else f"{base}/{kind}/"
            if not any(folder.iterdir()):
                continue
            if packed:
                storage.upload_file(role, storage.pack(folder, box.root / archive), uri)
            else:
                storage.upload(role, folder, uri)
        return uri

    def _times(self) -> Document:
        seconds = max(1, round((now() - self.document["TrainingStartTime"]).total_seconds()))
        return {"TrainingTimeInSeconds": seconds, "BillableTimeInSeconds": seconds}


def _reason(box: Container, code: int, last_line: str) -> str:
    """As AWS words it; without a failure file the last line printed is the best there is."""
    file = ContainerTree(root=box.root).failure
    text = f"the container left no output/failure; its last line was: {last_line or '(none)'}"
    if file.is_file():
        with file.open("rb") as opened:
            text = opened.read(REASON_CHARACTERS).decode("utf-8", "replace").strip() or text
    return f"AlgorithmError: {text}"[:990] + f", exit code: {code}"
