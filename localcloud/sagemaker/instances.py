"""One instance of an endpoint: a real `serve` process, pinged, called, drained, restarted."""

from __future__ import annotations

import http.client
import socket
import subprocess
import threading
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

import urllib3

from localcloud import house, logs
from localcloud.sagemaker.containers import Container, container
from localcloud.sagemaker.errors import JobFailure
from localcloud.sagemaker.output import Output

PORT_VARIABLE = "SAGEMAKER_BIND_TO_PORT"
"""SageMaker's own variable for the port that a container listens on; 8080 where it is unset."""

START_SECONDS = 240.0
"""ContainerStartupHealthCheckTimeoutInSeconds where the variant states none."""

PING_SECONDS = 2.0
"""Time to answer a /ping ("How your container should respond to health check requests")."""

GRACE_SECONDS = 30.0
"""Between SIGTERM and SIGKILL when an instance goes."""

STABLE_SECONDS = 10.0
"""An instance that lived this long is restarted at once; one that dies sooner waits ever longer."""

INVOKE_SECONDS = 60.0
"""Time that a container has to answer a request."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """What the instances of one variant have in common."""

    image: str
    environment: dict[str, str]
    role_arn: str
    isolated: bool
    model: Path
    """The model's files, shared by the instances."""
    folder: Path
    log_group: str
    variant: str
    start_seconds: float = START_SECONDS

    def container(self, name: str) -> Container:
        """The container of the instance `name`, its /opt/ml laid out."""
        root = self.folder / name
        root.mkdir(parents=True, exist_ok=True)
        if not (root / "model").exists():
            (root / "model").symlink_to(self.model, target_is_directory=True)
        return container(
            self.image,
            command=("serve",),
            root=root,
            role_arn=self.role_arn,
            isolated=self.isolated,
            environment=self.environment,
        )


class Instance:
    """A supervised process.

    `outstanding` counts requests in flight; its fleet routes by it and guards it by its lock.
    """

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.name = f"i-{uuid.uuid4().hex[:17]}"
        self.outstanding = 0
        self.served = 0
        self.healthy = False
        self.failure: str | None = None
        """Why it never came into service."""
        self.decided = threading.Event()
        """Set when it is healthy for the first time, or has failed, or was stopped."""
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._pool: urllib3.HTTPConnectionPool | None = None
        self._thread = threading.Thread(target=self._supervise, name=self.name, daemon=True)

    def start(self) -> None:
        """Begin; `decided` says when it is known how it went."""
        self._thread.start()

    def call(self, body: bytes, headers: dict[str, str]) -> urllib3.BaseHTTPResponse:
        """POST /invocations on a kept connection; urllib3's errors where none answers in time."""
        if self._pool is None:
            raise RuntimeError(f"{self.name} was called before it was healthy.")
        return self._pool.urlopen(
            "POST", "/invocations", body=body, headers=headers, retries=False, redirect=False
        )

    def stop(self, grace_seconds: float = GRACE_SECONDS) -> None:
        """SIGTERM, SIGKILL after the grace; returns when the process has gone."""
        self._stopping.set()
        self.healthy = False
        if self._process is not None:
            house.current().processes.terminate(self._process, grace_seconds)
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join()
        if self._pool is not None:
            self._pool.close()
        self.decided.set()

    def _supervise(self) -> None:
        """Start it, keep it running: a process that dies in service is started again."""
        try:
            box = self.recipe.container(self.name)
            deaths = 0
            while not self._stopping.is_set():
                began = time.monotonic()
                failure = self._serve(box)
                if not self.decided.is_set():
                    self.failure = failure
                    return
                if self._stopping.is_set():
                    return
                self._say(f"{failure}; it is started again")
                deaths = 0 if time.monotonic() - began > STABLE_SECONDS else deaths + 1
                self._stopping.wait(0.1 * (2 ** min(deaths, 8) - 1))
        except JobFailure as error:
            self.failure = str(error)
        except Exception as error:
            self.failure = f"{type(error).__name__}: {error}"
            if self.decided.is_set() and not self._stopping.is_set():
                raise
        finally:
            self.healthy = False
            self.decided.set()

    def _serve(self, box: Container) -> str:
        """One life of the process; returns why it ended."""
        port = _free_port()
        process, pipe = box.spawn({PORT_VARIABLE: str(port)})
        self._process = process
        output = Output(pipe, group=self.recipe.log_group, stream=self._stream)
        failure = self._await_ping(process, port)
        if failure is None:
            self._pool = urllib3.HTTPConnectionPool(
                "127.0.0.1", port, maxsize=64, timeout=urllib3.Timeout(INVOKE_SECONDS)
            )
            self.healthy = not self._stopping.is_set()
            self.decided.set()
            process.wait()
            self.healthy = False
            failure = f"The container ended with {_exit(process)}"
        house.current().processes.terminate(process, 0.0)
        output.join()
        return f"{failure}. Its last line: {output.last_line or '(none)'}"

    def _await_ping(self, process: subprocess.Popen[bytes], port: int) -> str | None:
        deadline = time.monotonic() + self.recipe.start_seconds
        while time.monotonic() < deadline and not self._stopping.is_set():
            if process.poll() is not None:
                return (
                    f"The container ended with {_exit(process)} before it passed the health check"
                )
            if _ping(port):
                return None
            self._stopping.wait(0.02)
        return (
            f"The container did not pass the ping health check within "
            f"{self.recipe.start_seconds:g} s"
        )

    @property
    def _stream(self) -> str:
        return f"{self.recipe.variant}/{self.name}"

    def _say(self, text: str) -> None:
        logs.put_lines(self.recipe.log_group, self._stream, [(time.time_ns() // 1_000_000, text)])


def _ping(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PING_SECONDS)
    try:
        connection.request("GET", "/ping")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False  # Not listening yet; the caller asks again until its deadline.
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _exit(process: subprocess.Popen[bytes]) -> str:
    status = process.wait()
    return f"exit code {128 - status if status < 0 else status}"
