"""One offline cloud for all parity tests, started as the program that users start."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import parity_stack
import pytest
from parity_cloud import SCALE, Running, start


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("parity")
    assembly = parity_stack.write(folder / "cdk.out")
    process = start(
        *("up", "--cdk-out", str(assembly), "--time-scale", str(SCALE), "--json"),
        runtime=tmp_path_factory.mktemp("runtime"),
    )
    line = process.stdout.readline()
    if not line:
        raise AssertionError(process.communicate()[1])
    yield Running(note=json.loads(line), process=process)
    process.terminate()
    process.communicate(timeout=20)


@pytest.fixture
def eventually() -> Callable[[Callable[[], Any]], Any]:
    """Poll until something is true; what it was."""

    def poll(probe: Callable[[], Any], seconds: float = 15.0) -> Any:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if found := probe():
                return found
            time.sleep(0.02)
        raise AssertionError("It did not come true.")

    return poll
