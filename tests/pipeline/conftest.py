"""One offline cloud for all promises; every test brings models of its own name."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.cloud import Offline

_ROOT = Path(__file__).resolve().parents[2]
TIME_SCALE = 40.0
"""Schedules, cool-downs and metric periods run 40 times as fast; processes do not."""


@pytest.fixture(scope="session")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """`sluice up --json`, as a user starts it, with a state file of its own."""
    home = tmp_path_factory.mktemp("run")
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(home)}
    command = [sys.executable, "-m", "sluice.cli", "up", "--json", "--time-scale", str(TIME_SCALE)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environment, cwd=_ROOT
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, "sluice up ended without a word on stdout"
        try:
            yield json.loads(line) | {"runtime_dir": str(home)}
        finally:
            process.terminate()
            assert process.wait(timeout=30) == 0
            assert process.stdout.read() == "", "sluice up --json prints one object and no more"


@pytest.fixture(scope="session")
def offline(up: dict[str, Any]) -> Offline:
    """The running cloud, as the tests talk to it."""
    return Offline(up)


_numbers = itertools.count(1)


@pytest.fixture
def model(offline: Offline) -> Iterator[str]:
    """A model name of this test's own; what serves under it ends with the test."""
    name = f"model-{next(_numbers)}"
    yield name
    offline.retire(name)
