"""A killed training process ends its run as failed, with the reason; the next drop works."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from tests.pipeline.cloud import poll, table


def training_process(run: str) -> int | None:
    """Process id of the run's training container, found by its environment."""
    wanted = f"TRAINING_JOB_NAME={run}".encode()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if wanted in (folder / "environ").read_bytes():
                    return int(folder.name)
            except OSError:
                continue
    return None


def test_a_killed_training_process_is_reported_and_may_be_tried_again(offline, model):
    run = offline.put(f"{model}/people.csv", table(3000))
    pid = poll(lambda: training_process(run), what="training process", every=0.02)
    os.kill(pid, signal.SIGKILL)
    state = offline.end(run, state="failed")
    assert "137" in state.reason
    assert "sluice logs" in state.reason
    offline.drop(f"{model}/people.csv", table(3000), state="released")
