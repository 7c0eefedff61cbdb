"""A run's time and memory are those of the run: of all its processes, and of nothing before it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.validate.measure import Failed, Measured, run_command, run_program

# Memory is sampled: a process that ends at once may not be seen at its peak.
STAYS = "import time; time.sleep(0.3)"
HUNDRED_MEGABYTES = f"bytearray(b'x') * 100_000_000; {STAYS}"


def command(text: str, limit: float = 60.0) -> Measured | Failed:
    return run_command([sys.executable, "-c", text], cores=1, limit=limit)


def program(path: Path, body: str) -> Measured | Failed:
    source = path / "program.py"
    source.write_text(f"import subprocess, sys, time\ndef run(source):\n {body}\n")
    (path / "sample").write_text("")
    (path / "file").write_text("much")
    python = Path(sys.executable)
    return run_program(python, source, path / "sample", path / "file", [], cores=1, limit=60.0)


def test_memory_of_a_command_is_its_own() -> None:
    small, large = command(STAYS), command(f"x = {HUNDRED_MEGABYTES}")
    assert isinstance(small, Measured)
    assert isinstance(large, Measured)
    assert 90e6 < large.peak - small.peak < 115e6


def test_memory_of_a_started_process_counts(tmp_path: Path) -> None:
    child = f"x = {HUNDRED_MEGABYTES}"
    body = f"""subprocess.run([sys.executable, "-c", {child!r}], check=True)
 return {{"rows": 1}}"""
    found = program(tmp_path, body)
    assert isinstance(found, Measured)
    assert found.peak > 100e6


def test_start_up_and_the_first_small_file_are_no_part_of_the_time(tmp_path: Path) -> None:
    found = program(
        tmp_path,
        """size = source.stat().st_size
 ends = time.process_time() + (0.1 if size else 0.4)
 while time.process_time() < ends: pass
 return {"rows": size}""",
    )
    assert isinstance(found, Measured)
    assert found.answer == {"rows": 4}
    assert 0.1 <= found.cpu < 0.3
    assert found.seconds >= 0.1
    assert found.start_up is not None
    assert found.start_up >= 0.4


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("raise ValueError('no such column')", "ValueError: no such column"),
        ("import os; os.kill(os.getpid(), 9)", "killed by SIGKILL"),
        ("raise SystemExit(3)", "exit 3, without a word"),
    ],
)
def test_a_run_that_fails_says_why(text: str, reason: str) -> None:
    assert command(text) == Failed(reason=reason)


def test_a_run_beyond_its_limit_is_ended() -> None:
    found = command("import time; time.sleep(60)", limit=0.3)
    assert found == Failed(reason="not done after 0.3 s")


def test_a_run_keeps_to_its_cores() -> None:
    found = command("import json, os; print(json.dumps({'cores': len(os.sched_getaffinity(0))}))")
    assert isinstance(found, Measured)
    assert found.answer == {"cores": 1}
