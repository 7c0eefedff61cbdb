"""The `train` container as SageMaker runs it: a process, a folder, signals and exit codes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from learners.shared.checkpoint import NAME
from sluice.contracts.container import ROOT_VARIABLE
from sluice.contracts.tasks import CLASSIFICATION
from tests.tables import flowers, houses, schema_of, write_job

HOUSE = Path(__file__).parents[2]


def start(root: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "training.train", "train"],
        cwd=HOUSE,
        env={**os.environ, ROOT_VARIABLE: str(root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_stopped_job_keeps_its_best_and_its_checkpoint(tmp_path: Path) -> None:
    table = houses(20_000)
    write_job(tmp_path, table, schema_of(table, "price", "regression"))
    with start(tmp_path) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first.startswith("epoch=1 ")
        process.send_signal(signal.SIGTERM)
        rest, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert "stopped: best epoch" in rest
    assert sorted(path.name for path in (tmp_path / "model").iterdir()) == sorted(
        CLASSIFICATION.model_files
    )
    assert (tmp_path / "checkpoints" / NAME).exists()


def test_a_job_that_fails_says_why_and_exits_with_1(tmp_path: Path) -> None:
    table = flowers(50)
    write_job(tmp_path, table, schema_of(table, "species", "classification"), precision="fp8")
    with start(tmp_path) as process:
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Traceback" in errors
    assert "fp8" in (tmp_path / "output/failure").read_text()


def test_a_job_says_nothing_but_its_epochs_and_its_end(tmp_path: Path) -> None:
    table = flowers(100)
    write_job(tmp_path, table, schema_of(table, "species", "classification"))
    with start(tmp_path) as process:
        said, errors = process.communicate(timeout=60)
    assert process.returncode == 0
    assert errors == ""
    assert all(line.startswith("epoch=") for line in said.splitlines()[:-1])
