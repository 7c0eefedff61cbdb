"""Starting and ending the real processes: handlers, jobs and endpoint instances.

No child may outlive the cloud, however the cloud ends. Each child leads its own session, so that
it ends together with what it started; and on Linux the kernel kills it when its parent dies
(PR_SET_PDEATHSIG). That signal follows the *thread* that forked, not the process, which is why
one long-lived thread starts them all.
"""

from __future__ import annotations

import ctypes
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

PR_SET_PDEATHSIG = 1
"""From <linux/prctl.h>."""

STOPPING = "The offline cloud is stopping; no process is started."

File = int | IO[Any]


def base_environment() -> dict[str, str]:
    """What every child sees of this process's environment: where programs are, and no secrets.

    Neither HOME nor any AWS variable is in it, so that no profile or real credential is found.
    """
    kept = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
    variables = {name: os.environ[name] for name in kept if name in os.environ}
    return variables | {
        "AWS_EC2_METADATA_DISABLED": "true",
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class _Order:
    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: Path
    stdin: File
    stdout: File
    pass_fds: Sequence[int]
    started: Future[subprocess.Popen[bytes]] = field(default_factory=Future)


class Processes:
    """All children of one offline cloud."""

    def __init__(self) -> None:
        self._orders: queue.SimpleQueue[_Order | None] = queue.SimpleQueue()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._stopped = False
        self._starter = threading.Thread(target=self._start_all, name="starter", daemon=True)
        self._starter.start()

    def spawn(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        stdout: File,
        stdin: File | None = None,
        pass_fds: Sequence[int] = (),
    ) -> subprocess.Popen[bytes]:
        """Start a child in its own process group; its stderr joins its stdout.

        `env` is the whole environment (`base_environment()` and what the child needs).
        `FileNotFoundError` where the program is not there; `RuntimeError` after `stop_all`.
        """
        order = _Order(
            argv=tuple(argv),
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL if stdin is None else stdin,
            stdout=stdout,
            pass_fds=tuple(pass_fds),
        )
        with self._lock:
            if self._stopped:
                raise RuntimeError(STOPPING)
            self._orders.put(order)
        return order.started.result()

    def terminate(self, process: subprocess.Popen[bytes], grace_seconds: float) -> int:
        """SIGTERM to the child's group, SIGKILL after `grace_seconds`; returns its exit status."""
        if process.poll() is None:
            _signal_group(process, signal.SIGTERM)
            try:
                process.wait(grace_seconds)
            except subprocess.TimeoutExpired:
                _signal_group(process, signal.SIGKILL)
        status = process.wait()
        _signal_group(process, signal.SIGKILL)
        with self._lock:
            self._running.discard(process)
        return status

    def stop_all(self, grace_seconds: float = 2.0) -> None:
        """End every child and start none any more."""
        with self._lock:
            self._stopped = True
            running = list(self._running)
        for process in running:
            _signal_group(process, signal.SIGTERM)
        for process in running:
            self.terminate(process, grace_seconds)
        self._orders.put(None)
        self._starter.join(5.0)

    def _start_all(self) -> None:
        while (order := self._orders.get()) is not None:
            try:
                order.started.set_result(self._start(order))
            except Exception as error:
                order.started.set_exception(error)

    def _start(self, order: _Order) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._stopped:
                raise RuntimeError(STOPPING)
            for process in [p for p in self._running if p.poll() is not None]:
                self._running.discard(process)
            process = subprocess.Popen(
                order.argv,
                env=order.env,
                cwd=order.cwd,
                stdin=order.stdin,
                stdout=order.stdout,
                stderr=subprocess.STDOUT,
                pass_fds=order.pass_fds,
                start_new_session=True,
                preexec_fn=_die_with_parent(),
            )
            self._running.add(process)
            return process


def _die_with_parent() -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return ask


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):
        # The whole group is gone; macOS says EPERM for a group of zombies.
        return
