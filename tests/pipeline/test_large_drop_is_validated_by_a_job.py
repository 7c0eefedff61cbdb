"""A drop that the function cannot hold goes to a job of its own, and ends like any other."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from sluice.contracts.events import Kind
from sluice.contracts.names import Run
from tests.pipeline.cloud import Offline, poll, table


@pytest.fixture(scope="module")
def small_function(offline: Offline) -> Iterator[None]:
    """The validate function under a policy that leaves every drop to the job."""
    functions, name = offline.aws("lambda"), f"{offline.slug}-validate"
    before = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    policy = json.dumps(json.loads(before["SLUICE_POLICY"]) | {"drop_megabytes": 0})
    functions.update_function_configuration(
        FunctionName=name, Environment={"Variables": before | {"SLUICE_POLICY": policy}}
    )
    yield
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": before})


def process_of(job: str) -> int | None:
    """Process id of a container, found by its environment."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if f"PROCESSING_JOB_NAME={job}".encode() in (folder / "environ").read_bytes():
                    return int(folder.name)
            except OSError:
                continue
    return None


@pytest.mark.usefixtures("small_function")
def test_a_large_drop_is_validated_by_a_job_and_released(offline, model):
    state = offline.drop(f"{model}/large.csv", table(seed=1), state="released")
    run = Run.parse(state.run_id)
    told = [m for m in offline.client.timeline(state.run_id) if m.stage == "validate"]
    assert [m.kind for m in told] == [
        Kind.VALIDATION_STARTED,
        Kind.VALIDATION_HANDED_OVER,
        Kind.DATASET_ACCEPTED,
    ]
    assert "larger than the function holds" in told[1].reason
    assert run.validation(1) in told[1].reason
    assert "400 rows" in told[2].reason
    wrote = [line for line in offline.client.logs(state.run_id) if line.startswith("validation |")]
    assert any("large.csv came to its end" in line for line in wrote)


@pytest.mark.usefixtures("small_function")
def test_a_job_that_dies_ends_its_drop_as_rejected_with_its_reason(offline, model):
    run = offline.put(f"{model}/large.csv", table(seed=2))
    job = Run.parse(run).validation(1)
    pid = poll(lambda: process_of(job), what="validating process", every=0.02)
    os.kill(pid, signal.SIGKILL)
    state = offline.end(run, state="rejected")
    assert "137" in state.reason
    assert "sluice logs" in state.reason
    kept = offline.artifacts(Run.parse(run).quarantine_prefix)
    assert set(kept) == {"large.csv", "report.json", "report.html", "rejected.json"}
    assert offline.training_jobs(run) == []
