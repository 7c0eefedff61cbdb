"""The peers: installed from PyPI into build/peers/, each in its own environment, and asked."""

from __future__ import annotations

import datetime as dt
import json
import os
import resource
import select
import signal
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
CAP_BYTES: Final = 3 * 1024**3
"""Address space of a process; more is death."""
SECONDS: Final = 40
"""For one file, the start of the process included."""
PEERS: Final[dict[str, tuple[str, ...]]] = {
    "pandas": ("pandas", "pyarrow", "zstandard", "openpyxl"),
    "polars": ("polars", "fastexcel"),
    "pyarrow": ("pyarrow",),
    "duckdb": ("duckdb", "pytz"),
    "csv": (),
    "pandera": ("pandera[pandas]", "pyarrow", "zstandard", "openpyxl"),
    "frictionless": ("frictionless[excel,json,parquet]", "pandas"),
}
"""Each with what is installed for it."""


class Reader:
    """One tool in a process that takes files one after the other."""

    def __init__(self, name: str, python: str, module: str) -> None:
        self.name = name
        self.python = python
        self._command = [python, "-m", f"benchmarks.corpus.{module}", name]
        self._child: subprocess.Popen[bytes] | None = None
        self._said = Path(tempfile.mkstemp(prefix=name)[1])

    def ask(self, task: dict[str, Any], *, alone: bool) -> tuple[str, str]:
        """What became of a file, and why; `alone` gives it a process that has read no other."""
        if alone:
            self.end()
        child = self._child or self._start()
        if child.stdin is None or child.stdout is None:
            raise ValueError("the process was started with pipes")
        child.stdin.write(json.dumps(task, default=_iso).encode() + b"\n")
        child.stdin.flush()
        ready, _, _ = select.select([child.stdout], [], [], SECONDS)
        answer = child.stdout.readline() if ready else b""
        if not answer:
            self.end()
            return "died", self._last_words() if ready else f"more than {SECONDS} s"
        if alone:
            self.end()
        what, why = json.loads(answer)
        return what, why

    def end(self) -> None:
        """Kill the process; the next question starts another."""
        if self._child is not None:
            os.killpg(self._child.pid, signal.SIGKILL)
            self._child.communicate()
            self._child = None

    def forget(self) -> None:
        """Delete what the processes said on standard error."""
        self._said.unlink()

    def _start(self) -> subprocess.Popen[bytes]:
        with self._said.open("wb") as said:
            self._child = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                preexec_fn=_capped,
                start_new_session=True,
            )
        return self._child

    def _last_words(self) -> str:
        lines = self._said.read_text(errors="replace").strip().splitlines()
        return lines[-1][:200] if lines else "killed"


@contextmanager
def readers() -> Iterator[dict[str, Reader]]:
    """Sluice and all peers, by name; their processes end with the context."""
    tools = [Reader("sluice", sys.executable, "sluice_reader")]
    tools += [Reader(name, _python(name), "readers") for name in PEERS]
    try:
        yield {tool.name: tool for tool in tools}
    finally:
        for tool in tools:
            tool.end()
            tool.forget()


def _python(name: str) -> str:
    """The interpreter of a tool's own environment, made where it is not there yet."""
    home = ROOT / "build/peers" / name
    python = home / "bin/python"
    if not python.exists():
        venv.create(home, with_pip=True)
        if PEERS[name]:
            subprocess.run([python, "-m", "pip", "install", "-q", *PEERS[name]], check=True)
    return str(python)


def _iso(moment: dt.date) -> str:
    return moment.isoformat()


def _capped() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (CAP_BYTES, CAP_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
