"""Processing jobs: inputs below /opt/ml/processing, outputs taken from there when it ended."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from localcloud.sagemaker import storage
from localcloud.sagemaker.containers import Container, container, resource_config, write_config
from localcloud.sagemaker.errors import JobFailure, NotThere
from localcloud.sagemaker.jobs import Job
from localcloud.sagemaker.resources import Document, now
from sluice.contracts.container import REASON_CHARACTERS, ContainerTree

DEFAULT_MAX_SECONDS = 86_400
"""MaxRuntimeInSeconds where the request states none ("ProcessingStoppingCondition")."""

SUMMARY = (
    "ProcessingJobName",
    "ProcessingJobArn",
    "CreationTime",
    "ProcessingEndTime",
    "LastModifiedTime",
    "ProcessingJobStatus",
    "FailureReason",
    "ExitMessage",
)


def check(request: Document) -> None:
    """Refuse, by name, what would otherwise be left out in silence."""
    cluster = request["ProcessingResources"].get("ClusterConfig") or {}
    if (cluster.get("InstanceCount") or 1) > 1:
        raise NotThere("Processing on several instances", "Set InstanceCount to 1.")
    for given in request.get("ProcessingInputs") or ():
        where = f"ProcessingInputs, {given['InputName']}"
        source = given.get("S3Input")
        if source is None:
            raise NotThere(f"{where}: a source other than S3Input")
        if source.get("S3DataType", "S3Prefix") != "S3Prefix":
            raise NotThere(f"{where}: S3DataType {source['S3DataType']}", "Use S3Prefix.")
        if (source.get("S3InputMode") or "File") != "File":
            raise NotThere(f"{where}: S3InputMode {source['S3InputMode']}", "Use File.")
        if (source.get("S3CompressionType") or "None") != "None":
            raise NotThere(f"{where}: S3CompressionType {source['S3CompressionType']}")
    for made in (request.get("ProcessingOutputConfig") or {}).get("Outputs") or ():
        where = f"ProcessingOutputConfig, {made['OutputName']}"
        target = made.get("S3Output")
        if target is None:
            raise NotThere(f"{where}: a target other than S3Output")
        if (target.get("S3UploadMode") or "EndOfJob") != "EndOfJob":
            raise NotThere(f"{where}: S3UploadMode {target['S3UploadMode']}", "Use EndOfJob.")


class ProcessingJob(Job):
    """One processing job."""

    kind: ClassVar[str] = "ProcessingJob"
    event: ClassVar[str] = "SageMaker Processing Job State Change"

    def work(self) -> None:
        """Download, run, upload, end."""
        request, role = self.document, self.document["RoleArn"]
        self.change("Downloading", ProcessingStartTime=now())
        box = self._container()
        self._fill(box, role)
        limits = request.get("StoppingCondition") or {}
        ended = self.execution.run(
            box,
            group="/aws/sagemaker/ProcessingJobs",
            stream=f"{self.name}/algo-1-{int(now().timestamp())}",
            max_seconds=limits.get("MaxRuntimeInSeconds") or DEFAULT_MAX_SECONDS,
        )
        if self.abandoned:
            return
        said: dict[str, Any] = _exit_message(ContainerTree(root=box.root).message)
        if ended.stopped == "max runtime":
            reason = "ClientError: The job ran longer than MaxRuntimeInSeconds"
            self.finish("Stopped", "", FailureReason=reason, **said)
            return
        if ended.code != 0 and not ended.stopped:
            reason = said.get("ExitMessage") or ended.last_line
            raise JobFailure(
                f"AlgorithmError: {reason}"[:990] + f", exit code: {ended.code}", **said
            )
        for made in (request.get("ProcessingOutputConfig") or {}).get("Outputs") or ():
            target = made["S3Output"]
            storage.upload(role, box.inside(target["LocalPath"]), target["S3Uri"])
        self.finish("Stopped" if ended.stopped else "Completed", "", **said)

    def _container(self) -> Container:
        request, app = self.document, self.document["AppSpecification"]
        return container(
            app["ImageUri"],
            command=app.get("ContainerArguments") or (),
            entrypoint=app.get("ContainerEntrypoint") or (),
            root=self.folder,
            role_arn=request["RoleArn"],
            isolated=bool((request.get("NetworkConfig") or {}).get("EnableNetworkIsolation")),
            environment=(request.get("Environment") or {})
            | {"PROCESSING_JOB_NAME": self.name, "PROCESSING_JOB_ARN": self.arn},
        )

    def _fill(self, box: Container, role: str) -> None:
        request = self.document
        resources = request["ProcessingResources"].get("ClusterConfig") or {}
        write_config(
            box.root / "config",
            processingjobconfig={k: v for k, v in request.items() if not k.endswith("Time")},
            resourceconfig=resource_config(resources),
        )
        (box.root / "output").mkdir()
        for given in request.get("ProcessingInputs") or ():
            source = given["S3Input"]
            if not storage.download(role, source["S3Uri"], box.inside(source["LocalPath"])):
                raise JobFailure(
                    "ClientError: Data download failed:No S3 objects found under S3 URL "
                    f'"{source["S3Uri"]}" of input {given["InputName"]}.'
                )
        for made in (request.get("ProcessingOutputConfig") or {}).get("Outputs") or ():
            box.inside(made["S3Output"]["LocalPath"]).mkdir(parents=True, exist_ok=True)


def _exit_message(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    with file.open("rb") as opened:
        return {"ExitMessage": opened.read(REASON_CHARACTERS).decode("utf-8", "replace").strip()}
