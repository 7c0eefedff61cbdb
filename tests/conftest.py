"""Which tests are left out of `make test FAST=1`, and which run side by side."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# The same examples at every run: what a run finds, the next one finds again.
settings.register_profile(
    "steady",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("steady")

SLOW = tuple((Path(__file__).parent / "slow.txt").read_text().split())
"""Files and tests that took half a second or more when the list was made; `make test-slowest`
shows where it stands. Everything runs in `make test`."""


TRAINED = ("tests/unit/serve", "tests/unit/train")
"""Unit tests that train models: beside the others, so that both halves take about as long."""


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        # Tests of the offline cloud put its backends in moto's place, in their own process: they
        # must not run before those that have moto as it is.
        is_unit = item.nodeid.startswith("tests/unit") and not item.nodeid.startswith(TRAINED)
        half = "unit" if is_unit else "the others"
        item.add_marker(pytest.mark.xdist_group(half))
        if item.nodeid.startswith(SLOW):
            item.add_marker(pytest.mark.slow)
