"""The peak of resident memory of a process and of all that it starts, sampled from /proc."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_EVERY: Final = 0.02


@dataclass(slots=True)
class Peak:
    """Bytes, growing while the process lives."""

    bytes: int = 0


@contextmanager
def watched(pid: int) -> Iterator[Peak]:
    """The peak of the tree below `pid`, until the block ends."""
    peak = Peak()
    done = threading.Event()

    def sample() -> None:
        while not done.is_set():
            peak.bytes = max(peak.bytes, tree_bytes(pid))
            done.wait(_EVERY)

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield peak
    finally:
        done.set()
        thread.join()


def tree_bytes(pid: int) -> int:
    """What the processes of the tree hold now, or the root's own peak where that was more."""
    own, highest = _status(pid)
    return max(highest, own + sum(_status(child)[0] for child in _below(pid)))


def _below(pid: int) -> Iterator[int]:
    """Children, their children, and so on; empty for a process that has ended."""
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _read(file).split():
            yield int(child)
            yield from _below(int(child))


def _status(pid: int) -> tuple[int, int]:
    """VmRSS and VmHWM; a process that has ended holds nothing."""
    fields = dict(line.split(":", 1) for line in _read(Path(f"/proc/{pid}/status")).splitlines())
    now, highest = (fields.get(name, "0 kB").split()[0] for name in ("VmRSS", "VmHWM"))
    return int(now) * 1024, int(highest) * 1024


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
