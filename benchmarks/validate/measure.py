"""Runs one program on one file in a child process: its time, its CPU time, its peak of memory.

Linux only: memory is read from /proc. Seconds are wall-clock, memory is resident bytes.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from benchmarks.validate.memory import watched

_ROOT: Final = Path(__file__).resolve().parents[2]
_QUIET: Final = {"TQDM_DISABLE": "1", "GX_ANALYTICS_ENABLED": "False"}
"""What peers read: no progress bars, and nothing sent anywhere."""
_LAST_WORDS: Final = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """One run that came to its end."""

    seconds: float
    cpu: float
    """Seconds of user and system time, of the whole process tree."""
    peak: int
    """Bytes, of the whole process tree at one time."""
    start_up: float | None
    """Seconds of imports and of a first, small file; none where a whole command was timed."""
    answer: dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Failed:
    """One run that did not, and why."""

    reason: str


def run_program(
    python: Path,
    program: Path,
    sample: Path,
    file: Path,
    options: Sequence[str],
    *,
    cores: int,
    limit: float,
) -> Measured | Failed:
    """`program` on `file` inside `child.py`, which tells its start-up apart from its time."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result.json"
        child = Path(__file__).with_name("child.py")
        words = [python, "-P", child, program, sample, file, result, *options]
        whole = run_command([str(word) for word in words], cores=cores, limit=limit)
        if isinstance(whole, Failed):
            return whole
        told = json.loads(result.read_text())
    # The child knows its own peak exactly; only samples see the processes that it started.
    return Measured(**told | {"peak": max(told["peak"], whole.peak)})


def run_command(words: Sequence[str], *, cores: int, limit: float) -> Measured | Failed:
    """A command from its start to its end, on the first `cores` of the machine.

    What it prints is its answer, where that is JSON. After `limit` seconds it is killed.
    """
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
        began = time.perf_counter()
        process = subprocess.Popen(
            ["taskset", "-c", f"0-{cores - 1}", *words],
            stdout=out,
            stderr=errors,
            env=os.environ | _QUIET | {"PYTHONPATH": str(_ROOT)},
            process_group=0,
        )
        killer = threading.Timer(limit, os.killpg, (process.pid, signal.SIGKILL))
        killer.start()
        with watched(process.pid) as peak:
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - began
        killer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        if seconds >= limit:
            return Failed(reason=f"not done after {limit:g} s")
        if process.returncode != 0:
            return Failed(reason=_last_words(errors, process.returncode))
        return Measured(
            seconds=seconds,
            cpu=usage.ru_utime + usage.ru_stime,
            peak=peak.bytes,
            start_up=None,
            answer=_json(out),
        )


def _json(out: IO[str]) -> dict[str, Any]:
    out.seek(0)
    text = out.read()
    return json.loads(text) if text.startswith("{") else {}


def _last_words(errors: IO[str], code: int) -> str:
    errors.seek(0)
    lines = [line.strip() for line in errors if line.strip()]
    said = lines[-1][:_LAST_WORDS] if lines else f"exit {code}, without a word"
    return f"killed by {signal.Signals(-code).name}" if code < 0 else said
