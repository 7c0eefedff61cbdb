"""A container offline: the image's own program as a process, its /opt/ml in a folder."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, cast

from localcloud import house, identity, images
from localcloud.processes import base_environment
from localcloud.sagemaker.errors import JobFailure
from localcloud.sagemaker.output import MetricFilter, Output
from localcloud.sagemaker.resources import Document
from sluice.contracts.container import ROOT, ROOT_VARIABLE

GRACE_SECONDS = 120.0
"""Between SIGTERM and SIGKILL when a job is stopped ("How SageMaker AI stops a training job")."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Container:
    """What to start, and where."""

    argv: tuple[str, ...]
    cwd: Path
    env: dict[str, str]
    root: Path
    """What /opt/ml is to this container."""

    def inside(self, path: str) -> Path:
        """Where a path of the container, such as /opt/ml/processing/input/x, lies here."""
        here = (self.root / path.removeprefix(f"{ROOT}/")).resolve()
        if not path.startswith(f"{ROOT}/") or not here.is_relative_to(self.root.resolve()):
            raise JobFailure(f"ClientError: {path!r} is no path below {ROOT}.")
        return here

    def spawn(
        self, extra: dict[str, str] | None = None
    ) -> tuple[subprocess.Popen[bytes], IO[bytes]]:
        """Start it; returns the process and what it prints."""
        process = house.current().processes.spawn(
            self.argv, env=self.env | (extra or {}), cwd=self.cwd, stdout=subprocess.PIPE
        )
        return process, cast(IO[bytes], process.stdout)


def container(
    image: str,
    *,
    command: Sequence[str] = (),
    entrypoint: Sequence[str] = (),
    root: Path,
    role_arn: str,
    isolated: bool,
    environment: dict[str, str],
) -> Container:
    """The container of `image`: its ENTRYPOINT, or `entrypoint` instead, and `command`.

    `JobFailure` where the image is not known. A network-isolated container gets neither
    credentials nor the cloud's address, as on AWS.
    """
    try:
        program = images.program(image)
    except ValueError as error:
        raise JobFailure(f"ClientError: {error}") from error
    home = house.current()
    env = base_environment() | program.env
    env |= {"AWS_REGION": home.region, "AWS_DEFAULT_REGION": home.region}
    if not isolated:
        env |= {"AWS_ENDPOINT_URL": home.endpoint_url} | identity.credentials(role_arn)
    argv = tuple(entrypoint) or program.argv
    argv = tuple(_here(word) if index == 0 else word for index, word in enumerate(argv))
    return Container(
        argv=(*argv, *command),
        cwd=program.cwd,
        env=env | environment | {ROOT_VARIABLE: str(root)},
        root=root,
    )


def _here(word: str) -> str:
    """The image's Python is this one: its packages are the ones the image would install."""
    return sys.executable if word.rpartition("/")[2] in ("python", "python3") else word


def write_config(folder: Path, **documents: object) -> None:
    """Write input/config/<name>.json, one file a document."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in documents.items():
        (folder / f"{name}.json").write_text(json.dumps(document, default=str))


def resource_config(resources: Document) -> Document:
    """resourceconfig.json of a job that runs on one machine."""
    instance = resources.get("InstanceType", "")
    return {
        "current_host": "algo-1",
        "current_instance_type": instance,
        "current_group_name": "homogeneousCluster",
        "hosts": ["algo-1"],
        "instance_groups": [
            {
                "instance_group_name": "homogeneousCluster",
                "instance_type": instance,
                "hosts": ["algo-1"],
            }
        ],
        "network_interface_name": "lo",
    }


Stop = Literal["requested", "max runtime", "cloud ends"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Exit:
    """How a container ended."""

    code: int
    """As a shell says it: 128 + the number of the signal that killed it."""
    stopped: Stop | None
    """Why the platform ended it; None where it ended by itself."""
    last_line: str


class Execution:
    """One container that runs to its end, and can be stopped on the way."""

    def __init__(self, grace_seconds: float = GRACE_SECONDS) -> None:
        self._grace = grace_seconds
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self.stopped: Stop | None = None

    def run(
        self,
        container: Container,
        *,
        group: str,
        stream: str,
        max_seconds: float,
        metrics: MetricFilter | None = None,
    ) -> Exit:
        """Start it, hand its lines on, wait for its end. A stop before the start starts nothing."""
        with self._lock:
            if self.stopped:
                return Exit(code=128 + signal.SIGTERM, stopped=self.stopped, last_line="")
            process, pipe = container.spawn()
            self._process = process
        output = Output(pipe, group=group, stream=stream, metrics=metrics)
        timer = threading.Timer(max_seconds, self.stop, args=("max runtime",))
        timer.daemon = True
        timer.start()
        status = process.wait()
        timer.cancel()
        house.current().processes.terminate(process, 0.0)  # what it started and left behind
        output.join()
        code = 128 - status if status < 0 else status
        return Exit(code=code, stopped=self.stopped, last_line=output.last_line)

    def stop(self, why: Stop = "requested") -> None:
        """SIGTERM now, SIGKILL after the grace; returns when it ended."""
        with self._lock:
            if self.stopped and why != "cloud ends":
                return
            process = self._process
            if process is not None and process.poll() is not None:
                return
            self.stopped = why
        if process is not None:
            grace = 2.0 if why == "cloud ends" else self._grace
            house.current().processes.terminate(process, grace)
