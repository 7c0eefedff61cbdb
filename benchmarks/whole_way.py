"""How long the whole way takes, offline: `.venv/bin/python -m benchmarks.whole_way`.

Figures, each with its spread, printed as a Markdown table for benchmarks/whole_way.md:

- `sluice up` until it says that it is ready, synthesis in its own process included;
- from PutObject to the first answer over HTTPS, less the training process's own time;
- each handler's cold start, alone on one core: interpreter, imports, the environment checked;
- resident memory of the offline cloud's process before any handler, job or endpoint ran.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.machine import machine
from tests.pipeline.cloud import Offline, table

_ROOT = Path(__file__).resolve().parents[1]
_HANDLERS = ("validate", "train", "gate", "deploy", "serve", "watch", "record", "reconcile")


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=5)
    rounds = arguments.parse_args().rounds
    ready: list[float] = []
    memory: list[float] = []
    beyond: dict[str, list[float]] = {"cold": [], "warm": []}
    trained: list[float] = []
    for number in range(rounds):
        with up() as (cloud, seconds, pid):
            ready.append(seconds)
            memory.append(resident_mebibytes(pid))
            # The first drop pays every cold start, the second one finds handlers warm.
            for name in ("cold", "warm"):
                whole, training = drop_to_answer(cloud, f"{name}-{number}")
                trained.append(training)
                beyond[name].append(whole - training)
    print(f"\n{datetime.now(UTC):%Y-%m-%d}, {machine()}, {rounds} rounds\n")
    print("| what | median | lowest | highest | goal |\n|---|---|---|---|---|")
    row("`sluice up` ready, s", ready, "10")
    row("drop to first answer beyond training, first drop of a cloud, s", beyond["cold"], "3")
    row("drop to first answer beyond training, warm handlers, s", beyond["warm"], "3")
    row("the training process itself, s", trained, "")
    row("offline cloud before anything ran, MiB", memory, "400")
    for handler in _HANDLERS:
        row(f"cold start of {handler}, ms", cold_starts(handler, 2 * rounds), "400")


@contextmanager
def up() -> Iterator[tuple[Offline, float, int]]:
    """A cloud, the seconds until it was ready, and its process id."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "sluice.cli", "up", "--json"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=_ROOT,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    seconds = time.perf_counter() - began
    try:
        yield Offline(json.loads(line)), seconds, process.pid
    finally:
        process.terminate()
        process.wait(timeout=60)


def drop_to_answer(offline: Offline, model: str) -> tuple[float, float]:
    """Seconds from PutObject to the first answer, and those of the training process."""
    body = b'{"instances": [{"width": 1.0, "colour": "red"}]}'
    began = time.perf_counter()
    run = offline.put(f"{model}/people.csv", table())
    while offline.client.predict_raw(model, body, "application/json").status != 200:
        time.sleep(0.05)
    whole = time.perf_counter() - began
    (name,) = offline.training_jobs(run)
    job: dict[str, Any] = offline.aws("sagemaker").describe_training_job(TrainingJobName=name)
    (training,) = (s for s in job["SecondaryStatusTransitions"] if s["Status"] == "Training")
    return whole, (training["EndTime"] - training["StartTime"]).total_seconds()


def resident_mebibytes(pid: int) -> float:
    """VmRSS of one process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"/proc/{pid}/status has no VmRSS.")


def cold_starts(handler: str, rounds: int) -> list[float]:
    """Milliseconds from starting an interpreter to the handler's module being ready, one core."""
    found = []
    for _ in range(rounds):
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, "-c", f"import functions.{handler}.handler"],
            check=True,
            cwd=_ROOT,
            preexec_fn=lambda: os.sched_setaffinity(0, {0}),
        )
        found.append((time.perf_counter() - began) * 1000)
    return found


def row(what: str, values: list[float], goal: str) -> None:
    """One line of the table."""
    middle = statistics.median(values)
    print(f"| {what} | {middle:.2f} | {min(values):.2f} | {max(values):.2f} | {goal} |", flush=True)


if __name__ == "__main__":
    main()
