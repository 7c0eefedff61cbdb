"""Temporary folders that name the process they belong to, so that a killed one's can be removed."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from sluice.running import alive

_PREFIX = "sluice-cloud-"


def prefix() -> str:
    """How the name of this process's temporary folders begins."""
    return f"{_PREFIX}{os.getpid()}-"


def sweep() -> None:
    """Remove what this user's clouds left that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        pid = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if pid.isdigit() and not alive(int(pid)) and folder.stat().st_uid == os.getuid():
            shutil.rmtree(folder, ignore_errors=True)
