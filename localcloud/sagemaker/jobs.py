"""Training and processing jobs: what both have in common, from the queue to the last event."""

from __future__ import annotations

import logging
import shutil
import threading
from abc import abstractmethod
from copy import deepcopy
from pathlib import Path
from typing import Any, ClassVar

from localcloud import bus, house
from localcloud.sagemaker.containers import Execution
from localcloud.sagemaker.errors import JobFailure, ResourceInUse, ValidationException
from localcloud.sagemaker.resources import (
    SOURCE,
    Document,
    Resource,
    checked_name,
    copied,
    listing,
    now,
    plain,
    tag_map,
)
from localcloud.sagemaker.slots import Slots

ENDS = ("Completed", "Failed", "Stopped")

_log = logging.getLogger(__name__)


class Job(Resource):
    """One job: its document, and the process that is it.

    Subclasses say what to do between the start and the end; what they raise as `JobFailure`
    becomes the FailureReason.
    """

    kind: ClassVar[str]
    """`TrainingJob` or `ProcessingJob`: the prefix of its members."""
    event: ClassVar[str]

    def __init__(self, *, arn: str, tags: list[dict[str, str]], document: Document) -> None:
        super().__init__(arn=arn, tags=tags, document=document)
        self.execution = Execution()
        self.abandoned = False
        """The cloud is ending: nothing more is said or written about this job."""
        self._lock = threading.RLock()
        self._started = False
        at = now()
        self.document |= {
            f"{self.kind}Arn": arn,
            "CreationTime": at,
            "LastModifiedTime": at,
            f"{self.kind}Status": "InProgress",
        }

    @property
    def name(self) -> str:
        """The job's name, unique for ever."""
        return str(self.document[f"{self.kind}Name"])

    @property
    def status(self) -> str:
        """InProgress, Stopping, Completed, Failed or Stopped."""
        return str(self.document[f"{self.kind}Status"])

    @property
    def folder(self) -> Path:
        """Where this job's files are while it runs."""
        return house.current().data_dir / "jobs" / self.kind / self.name

    def describe(self) -> Document:
        """What Describe answers."""
        with self._lock:
            return deepcopy(self.document)

    def change(self, phase: str, message: str = "", **members: Any) -> None:
        """Move to `phase`, and say so on the bus; an end stays an end, a start a start."""
        with self._lock:
            if self.status in ENDS or self.abandoned or (phase == "Pending" and self._started):
                return
            self._started = self._started or phase not in ("Starting", "Pending")
            self.document |= members | {"LastModifiedTime": now()}
            self.entered(phase, message)
            detail = plain(self.document, times_as_text=True) | {"Tags": tag_map(self.tags)}
        bus.emit(source=SOURCE, detail_type=self.event, resources=[self.arn], detail=detail)

    def entered(self, phase: str, message: str) -> None:
        """Write the phase into the document; called under the lock."""

    def finish(self, status: str, message: str, *, phase: str | None = None, **more: Any) -> None:
        """The job's end."""
        ended = {f"{self.kind}Status": status, f"{self.kind.removesuffix('Job')}EndTime": now()}
        self.change(phase or status, message, **ended, **more)

    def run(self) -> None:
        """The whole life, in this thread; whatever happens, the job ends."""
        try:
            if self.execution.stopped:
                self.finish("Stopped", "The job was stopped before it started")
            else:
                self.work()
        except JobFailure as failure:
            reason = str(failure)[:1024]
            self.finish("Failed", "The job failed", FailureReason=reason, **failure.known)
        except Exception as error:
            if self.abandoned:
                return
            _log.exception("The job %s failed inside the offline cloud", self.name)
            reason = f"InternalServerError: {type(error).__name__}: {error}"
            self.finish("Failed", "The job failed", FailureReason=reason[:1024])
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    @abstractmethod
    def work(self) -> None:
        """Fill the tree, run the container, keep what it made, finish."""


class Jobs:
    """All jobs of one kind; `slots` is shared by the kinds."""

    def __init__(self, made: type[Job], slots: Slots, taken: str, absent: str) -> None:
        self._made, self._slots = made, slots
        self._taken, self._absent = taken, absent
        self._lock = threading.Lock()
        self.by_name: dict[str, Any] = {}

    def create(self, request: Document, job_arn: str) -> Document:
        """CreateTrainingJob, CreateProcessingJob: keep it, announce it, queue it."""
        name = checked_name(request, f"{self._made.kind}Name")
        with self._lock:
            if name in self.by_name:
                raise ResourceInUse(f"{self._taken} ({job_arn})")
            document = copied(request, "Tags")
            job = self._made(arn=job_arn, tags=list(request.get("Tags") or ()), document=document)
            self.by_name[name] = job
        job.change("Starting", "Preparing the instances")
        place = self._slots.enter(name, job.run)
        if place.ahead is not None:
            cores = self._slots.count
            job.change(
                "Pending",
                f"Waiting for a free core: jobs before this one: {place.ahead}, and one job a "
                f"core runs here ({cores})",
            )
        return {f"{job.kind}Arn": job_arn}

    def get(self, request: Document) -> Any:
        """The job that a request names; `ValidationException` in AWS's words."""
        job = self.by_name.get(request[f"{self._made.kind}Name"])
        if job is None:
            raise ValidationException(self._absent.format(request[f"{self._made.kind}Name"]))
        return job

    def stop(self, request: Document) -> Document:
        """StopTrainingJob, StopProcessingJob: SIGTERM now; the end is announced when it came."""
        job: Job = self.get(request)
        if job.status in ENDS:
            raise ValidationException(
                f"The request was rejected because the job is in status {job.status}."
            )
        if job.status == "Stopping":
            return {}
        job.change("Stopping", "Stopping the job", **{f"{job.kind}Status": "Stopping"})
        if self._slots.leave_queue(job.name):
            job.execution.stop()
            job.run()
        else:
            threading.Thread(target=job.execution.stop, daemon=True).start()
        return {}

    def list(self, request: Document, members: tuple[str, ...]) -> Document:
        """The List operation."""
        kind = self._made.kind
        return listing(
            list(self.by_name.values()),
            request,
            result=f"{kind}Summaries",
            kind=kind,
            members=members,
        )

    def abandon(self) -> None:
        """The cloud ends: end what runs, start nothing, say nothing."""
        self._slots.clear()
        jobs: list[Job] = [job for job in self.by_name.values() if job.status not in ENDS]
        for job in jobs:
            job.abandoned = True
        stops = [threading.Thread(target=job.execution.stop, args=("cloud ends",)) for job in jobs]
        for stop in stops:
            stop.start()
        for stop in stops:
            stop.join()
