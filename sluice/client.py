"""Sluice from Python: drop, follow, look, approve, predict. The command line does the same.

client = Client()
run = client.drop(Path("iris.csv"))
for entry in client.follow(run):
    print(entry.stage, entry.status, entry.reason)
client.predict("iris", {"instances": [{"petal_length": 1.4, ...}]})
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import urllib3
from boto3.dynamodb.conditions import Attr, Key
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from sluice.clouds import Cloud, choose_cloud
from sluice.contracts.drop import read_arrival
from sluice.contracts.errors import RequestRefused, UsageError
from sluice.contracts.events import ENDS
from sluice.contracts.ledger import (
    ALL_RUNS,
    BY_TIME,
    EVENT,
    HEADER,
    RunState,
    TimelineEntry,
    run_key,
)
from sluice.contracts.names import (
    SPEC_FILE,
    SUCCESS_MARKER,
    Run,
    is_like_spec,
    is_model,
    model_name,
    package_group,
)

EPOCH = "epoch"
"""`kind` of the moments that `follow` reads off the training job's log."""

_SETTLED = timedelta(seconds=1)
"""Events reach the ledger in any order; after this long, those of one instant can be told in
turn."""

_CONNECTIONS = 16
"""Kept open to the API; threads that share a client each use one."""

_EPOCH_LINE = re.compile(r"epoch=\d+ ")
_TRAINING_LOGS = "/aws/sagemaker/TrainingJobs"
_PROCESSING_LOGS = "/aws/sagemaker/ProcessingJobs"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """An HTTPS answer as it came."""

    status: int
    body: str
    headers: Mapping[str, str]

    def document(self) -> Any:
        """The parsed body."""
        return json.loads(self.body)


class Client:
    """The door to one Sluice stack. Without arguments it chooses the cloud as the CLI does."""

    def __init__(self, cloud: Cloud | None = None) -> None:
        self.cloud = cloud or choose_cloud()
        self._https = urllib3.PoolManager(
            ca_certs=self.cloud.ca_file, retries=False, maxsize=_CONNECTIONS
        )

    # --- dropping ---------------------------------------------------------------------------

    def drop(self, path: str | Path, *, model: str | None = None, target: str | None = None) -> str:
        """Upload a file, or a folder and the `_SUCCESS` that lists it, and answer the run's name.

        `model` defaults to the file's or folder's own name. `target` is the column to predict; it
        is written into the model's sluice.yaml first. A sluice.yaml starts no run: "".
        """
        path = Path(path)
        model = model or model_name(path.resolve().name)
        if not is_model(model):
            raise UsageError(
                f"{model!r} is no model name: lower-case letters, digits and inner dashes, a "
                "letter first, at most 32. Give one with --model."
            )
        if target is not None and path.name != SPEC_FILE and path.exists():
            self._wish_target(model, target)
        if path.is_dir():
            return self._drop_folder(path, f"{model}/{path.resolve().name}/")
        if not path.is_file():
            raise UsageError(f"There is no file {path}.")
        if is_like_spec(path.name):
            raise UsageError(f"{path.name} is read as nothing; did you mean {SPEC_FILE}?")
        from sluice.validation.formats.listing import check_beside

        check_beside(path)
        key = f"{model}/{path.name}"
        self._upload(path, key)
        if path.name == SPEC_FILE:
            return ""
        return self.run_of(key, self._head(key))

    def _drop_folder(self, folder: Path, prefix: str) -> str:
        """Upload the parts, then the marker that lists what they were before they were sent."""
        from sluice.validation.formats.manifest import hold_folder, manifest_of

        hold_folder(folder, folder.resolve().name, str(folder))
        manifest = manifest_of(folder)
        if not manifest.parts:
            raise UsageError(
                f"{folder} holds no data files (names that begin with _ or . are skipped, as "
                "manifests and checksums are)."
            )
        for part in manifest.parts:
            self._upload(folder / part.name, prefix + part.name)
        return self._put(prefix + SUCCESS_MARKER, manifest.body())

    def _wish_target(self, model: str, target: str) -> None:
        """Write the target into the model's sluice.yaml, whose other lines stay as they are."""
        from sluice.contracts.spec_file import with_target

        s3, key = self.cloud.client("s3"), f"{model}/{SPEC_FILE}"
        try:
            stated = s3.get_object(Bucket=self._drop_bucket, Key=key)["Body"].read()
        except s3.exceptions.NoSuchKey:
            stated = b""
        s3.put_object(Bucket=self._drop_bucket, Key=key, Body=with_target(stated, target))

    def _upload(self, path: Path, key: str) -> None:
        self.cloud.client("s3").upload_file(str(path), self._drop_bucket, key)

    def _put(self, key: str, body: bytes) -> str:
        answer = self.cloud.client("s3").put_object(Bucket=self._drop_bucket, Key=key, Body=body)
        return self.run_of(key, answer.get("VersionId", ""))

    def _head(self, key: str) -> str:
        answer = self.cloud.client("s3").head_object(Bucket=self._drop_bucket, Key=key)
        return str(answer.get("VersionId", ""))

    def run_of(self, key: str, version: str) -> str:
        """The run that one object version in the drop bucket starts."""
        return str(read_arrival(key, version).run(self.cloud.outputs["Slug"]))

    @property
    def _drop_bucket(self) -> str:
        return self.cloud.outputs["DropBucket"]

    # --- looking ----------------------------------------------------------------------------

    def runs(self, *, model: str | None = None) -> list[RunState]:
        """All runs, newest first."""
        more: dict[str, Any] = {"FilterExpression": Attr("model").eq(model)} if model else {}
        found: list[RunState] = []
        while True:
            page = self._ledger.query(
                IndexName=BY_TIME,
                KeyConditionExpression=Key("gsi").eq(ALL_RUNS),
                ScanIndexForward=False,
                **more,
            )
            found += [RunState.of(item) for item in page["Items"]]
            if "LastEvaluatedKey" not in page:
                return found
            more["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def state(self, run: str) -> RunState | None:
        """How a run stands, or None where the ledger has not heard of it (yet)."""
        item = self._ledger.get_item(
            Key={"pk": run_key(run), "sk": HEADER}, ConsistentRead=True
        ).get("Item")
        return RunState.of(item) if item else None

    def timeline(self, run: str) -> list[TimelineEntry]:
        """What happened to a run, oldest first."""
        items = self._ledger.query(
            KeyConditionExpression=Key("pk").eq(run_key(run)) & Key("sk").begins_with(EVENT),
            ConsistentRead=True,
        )["Items"]
        return sorted((TimelineEntry.of(item) for item in items), key=lambda entry: entry.at)

    def follow(
        self,
        run: str,
        *,
        patience: float = 3600.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> Iterator[TimelineEntry]:
        """The run's timeline as it grows, with the epochs of its training, until the run has ended.

        A run that waits for a person has ended for now. `TimeoutError` after `patience` seconds.
        """
        deadline = clock() + patience
        seen: set[tuple[str, int, str]] = set()
        epochs = 0
        while True:
            state = self.state(run)
            ended = state is not None and state.state in ENDS
            settled = datetime.now(UTC) - _SETTLED
            for entry in self.timeline(run):
                name = (entry.stage, entry.attempt, entry.kind)
                if name not in seen and (ended or datetime.fromisoformat(entry.at) < settled):
                    seen.add(name)
                    yield entry
            if state and state.phase == "training":
                lines = [text for text in self._job_lines(run) if _EPOCH_LINE.search(text)]
                for text in lines[epochs:]:
                    yield TimelineEntry(
                        at="",
                        stage="train",
                        kind=EPOCH,
                        status=EPOCH,
                        attempt=1,
                        reason=text,
                        data={},
                    )
                epochs = len(lines)
            if ended:
                return
            if clock() > deadline:
                raise TimeoutError(f"{run} has not ended after {patience:g} s.")
            sleep(0.2)

    def logs(self, run: str) -> Iterator[str]:
        """The output of the run's jobs, and what the functions logged of it."""
        for group, jobs, name in (
            (_PROCESSING_LOGS, rf"{run}-v\d\d", "validation"),
            (_TRAINING_LOGS, rf"{run}-\d\d", "training"),
            (_PROCESSING_LOGS, rf"{run}-\d\d", "evaluation"),
        ):
            for text in self._group_lines(group, run, jobs):
                yield f"{name} | {text}"
        logs = self.cloud.client("logs")
        slug = self.cloud.outputs["Slug"]
        for stage in ("validate", "train", "gate", "deploy", "record"):
            try:
                pages = logs.get_paginator("filter_log_events").paginate(
                    logGroupName=f"/aws/lambda/{slug}-{stage}", filterPattern=f'"{run}"'
                )
                for page in pages:
                    for event in page["events"]:
                        yield f"{stage} | {event['message'].rstrip()}"
            except logs.exceptions.ResourceNotFoundException:
                continue

    def _job_lines(self, run: str) -> list[str]:
        return list(self._group_lines(_TRAINING_LOGS, run, rf"{run}-\d\d"))

    def _group_lines(self, group: str, run: str, jobs: str) -> Iterator[str]:
        """What the run's jobs, whose names match `jobs`, wrote into a log group."""
        logs = self.cloud.client("logs")
        try:
            streams = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=f"{run}-")
        except logs.exceptions.ResourceNotFoundException:
            return
        for stream in streams["logStreams"]:
            if not re.fullmatch(jobs, stream["logStreamName"].partition("/")[0]):
                continue
            token: dict[str, str] = {}
            while True:
                page = logs.get_log_events(
                    logGroupName=group,
                    logStreamName=stream["logStreamName"],
                    startFromHead=True,
                    **token,
                )
                yield from (event["message"] for event in page["events"])
                if token.get("nextToken") == page["nextForwardToken"] or not page["events"]:
                    break
                token = {"nextToken": page["nextForwardToken"]}

    @property
    def _ledger(self) -> Any:
        return self.cloud.table(self.cloud.outputs["LedgerTable"])

    # --- acting -----------------------------------------------------------------------------

    def approve(self, run: str) -> None:
        """Approve the run's model package, as a person would in the AWS console."""
        try:
            name = Run.parse(run)
        except ValueError as error:
            raise UsageError(str(error)) from None
        sagemaker = self.cloud.client("sagemaker")
        pages = sagemaker.get_paginator("list_model_packages").paginate(
            ModelPackageGroupName=package_group(name.slug, name.model),
            ModelApprovalStatus="PendingManualApproval",
        )
        for page in pages:
            for summary in page["ModelPackageSummaryList"]:
                arn = summary["ModelPackageArn"]
                package = sagemaker.describe_model_package(ModelPackageName=arn)
                if (package.get("CustomerMetadataProperties") or {}).get("run") == run:
                    sagemaker.update_model_package(
                        ModelPackageArn=arn, ModelApprovalStatus="Approved"
                    )
                    return
        state = self.state(run)
        stands = f"it is {state.state}: {state.reason}" if state else "the ledger has no such run"
        raise UsageError(f"{run} waits for no approval; {stands}")

    # --- calling ----------------------------------------------------------------------------

    def models(self) -> list[dict[str, Any]]:
        """The models that answer."""
        found: list[dict[str, Any]] = self._ok(self.call("GET", "v1/models"))["models"]
        return found

    def predict(self, model: str, instances: dict[str, Any]) -> dict[str, Any]:
        """The parsed answer to `{"instances": […]}`; raises `RequestRefused`."""
        body = json.dumps(instances).encode()
        answer: dict[str, Any] = self._ok(self.predict_raw(model, body, "application/json"))
        return answer

    def predict_raw(self, model: str, body: bytes, content_type: str) -> Answer:
        """Any body, any answer, as they are."""
        path = f"v1/models/{quote(model, safe='')}/predictions"
        return self.call("POST", path, body=body, headers={"Content-Type": content_type})

    def call(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """One signed HTTPS call below the API's URL."""
        request = AWSRequest(
            method=method,
            url=self.cloud.outputs["ApiUrl"].rstrip("/") + "/" + path,
            data=body,
            headers=headers or {},
        )
        credentials = self.cloud.session.get_credentials()
        if credentials is None:
            raise UsageError("There are no AWS credentials to sign the request with.")
        SigV4Auth(
            credentials.get_frozen_credentials(), "execute-api", self.cloud.session.region_name
        ).add_auth(request)
        answer = self._https.request(
            method, request.url, body=body, headers=dict(request.headers), timeout=35.0
        )
        return Answer(status=answer.status, body=answer.data.decode(), headers=answer.headers)

    def _ok(self, answer: Answer) -> Any:
        document = answer.document()
        if answer.status == 200:
            return document
        raise RequestRefused(
            answer.status,
            document.get("detail", answer.body),
            problems=tuple(document.get("problems", ())),
        )


__all__ = ["EPOCH", "Answer", "Client"]
