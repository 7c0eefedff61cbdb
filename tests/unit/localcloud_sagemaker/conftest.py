"""The offline cloud of these tests; see sagemaker_cloud.py."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sagemaker_cloud import Cloud, running


@pytest.fixture(scope="package")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with running(tmp_path_factory.mktemp("cloud")) as cloud:
        yield cloud


@pytest.fixture(autouse=True)
def no_sockets() -> None:
    """These tests are about processes and the sockets between them: they may."""
