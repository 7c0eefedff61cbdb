"""One warm Lambda process: started cold, then invoked one event after another."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localcloud import house, logs

BOOTSTRAP = Path(__file__).with_name("bootstrap.py")

INIT_SECONDS = 60.0
"""Longest a handler's import may take; AWS gives 10 s on a machine that does nothing else."""

GRACE_SECONDS = 1.0
"""Between SIGTERM and SIGKILL when a warm process is let go."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """How one function runs; decided from its configuration."""

    name: str
    arn: str
    handler: str
    folder: Path
    timeout: float
    """Seconds, real: the time scale never touches processes."""
    memory: int
    environment: Mapping[str, str]
    """All of it, credentials included; the worker adds only the names of its log stream."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What an invocation came to."""

    payload: bytes
    """JSON: the handler's answer, or AWS's error object."""
    failed: bool


class Ended(Exception):
    """The process is gone or had to be killed; `error` is AWS's error object."""

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(message)
        self.error = {"errorType": error_type, "errorMessage": message}


class Worker:
    """One process of one function. Not for two threads at once."""

    def __init__(self, plan: Plan) -> None:
        """Start it and import the handler; `Ended` if that fails."""
        self._plan = plan
        stream = f"{house.current().clock.now():%Y/%m/%d}/[$LATEST]{uuid.uuid4().hex}"
        group = f"/aws/lambda/{plan.name}"
        names = {"AWS_LAMBDA_LOG_GROUP_NAME": group, "AWS_LAMBDA_LOG_STREAM_NAME": stream}
        to_read, self._events = os.pipe()
        self._answers, to_write = os.pipe()
        self._buffer = b""
        self._process = house.current().processes.spawn(
            [sys.executable, "-P", str(BOOTSTRAP), str(to_read), str(to_write)],
            env={**plan.environment, **names},
            cwd=plan.folder,
            stdout=subprocess.PIPE,
            pass_fds=(to_read, to_write),
        )
        os.close(to_read)
        os.close(to_write)
        self._put = _log_writer(group, stream)
        self._reader = threading.Thread(target=self._read_output, daemon=True)
        self._reader.start()
        try:
            ready = self._answer(time.monotonic() + INIT_SECONDS, what="Init")
        except Ended:
            self.stop()
            raise
        if "error" in ready:
            self.stop()
            raise Ended(
                f"Runtime.{ready['error']['errorType']}", str(ready["error"]["errorMessage"])
            )

    def invoke(self, event: Any, request_id: str) -> Result:
        """Run the handler on `event`; `Ended` when it timed out or its process died."""
        plan = self._plan
        request = {
            "id": request_id,
            "arn": plan.arn,
            "timeout_ms": plan.timeout * 1000,
            "event": event,
        }
        deadline = time.monotonic() + plan.timeout
        try:
            _write_all(self._events, json.dumps(request).encode() + b"\n")
        except BrokenPipeError:
            raise self._exited(request_id) from None
        answer = self._answer(deadline, what=request_id)
        if "error" in answer:
            return Result(payload=json.dumps(answer["error"]).encode(), failed=True)
        return Result(payload=json.dumps(answer["payload"]).encode(), failed=False)

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End the process and wait until its last line is in the logs."""
        os.close(self._events)
        house.current().processes.terminate(self._process, GRACE_SECONDS)
        self._reader.join(2.0)
        os.close(self._answers)

    def _answer(self, deadline: float, *, what: str) -> dict[str, Any]:
        while b"\n" not in self._buffer:
            left = deadline - time.monotonic()
            ready = select.select([self._answers], [], [], max(0.0, left))[0]
            if not ready:
                seconds = f"{self._plan.timeout:.2f} seconds"
                self._say(f"RequestId: {what} Task timed out after {seconds}")
                raise Ended(
                    "Sandbox.Timedout",
                    f"RequestId: {what} Error: Task timed out after {seconds}",
                )
            chunk = os.read(self._answers, 1 << 20)
            if not chunk:
                raise self._exited(what)
            self._buffer += chunk
        line, _, self._buffer = self._buffer.partition(b"\n")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _exited(self, request_id: str) -> Ended:
        status = self._process.wait()
        how = f"signal: {-status}" if status < 0 else f"exit status {status}"
        message = f"RequestId: {request_id} Error: Runtime exited with error: {how}"
        self._say(message)
        return Ended("Runtime.ExitError", message)

    def _say(self, line: str) -> None:
        self._put([line])

    def _read_output(self) -> None:
        output = self._process.stdout
        if output is None:
            raise RuntimeError("The worker was started without a pipe for its output.")
        with output:
            for line in output:
                lines = [line.decode(errors="replace").rstrip("\n")]
                self._put(lines)


def _log_writer(group: str, stream: str) -> Callable[[list[str]], None]:
    clock = house.current().clock

    def put(lines: list[str]) -> None:
        at = int(clock.now().timestamp() * 1000)
        logs.put_lines(group, stream, [(at, line) for line in lines])

    return put


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
