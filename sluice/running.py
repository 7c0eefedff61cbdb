"""Where a running offline cloud says how to reach it: one JSON file of the user's own."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any


def state_file() -> Path:
    """The file that `sluice up` writes when it is ready and removes when it ends."""
    base = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    return Path(base) / f"sluice-{os.getuid()}" / "up.json"


def running_cloud() -> dict[str, Any] | None:
    """What the running `sluice up` wrote, or None where none runs any more."""
    path = state_file()
    try:
        state: dict[str, Any] = json.loads(path.read_text())
        if path.stat().st_uid != os.getuid():
            return None
        os.kill(int(state["pid"]), 0)
    except (FileNotFoundError, ProcessLookupError):
        return None
    return state
