"""Where a running offline cloud says how to reach it: one JSON note of the user's own.

`$XDG_RUNTIME_DIR/sluice-<uid>/up.json`, or below the temporary folder. Of several clouds the latest
wins. A note whose process is gone is stale and counts as none.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any


def note_path() -> Path:
    """Where `sluice up` leaves the note when it is ready; it takes it away when it ends."""
    base = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    return Path(base) / f"sluice-{os.getuid()}" / "up.json"


def running_cloud() -> dict[str, Any] | None:
    """What the running `sluice up` wrote, or None where none runs."""
    note = read_note()
    return note if note is not None and alive(int(note["pid"])) else None


def read_note() -> dict[str, Any] | None:
    """The note, stale or not, or None where there is none."""
    try:
        require_own(note_path().parent)
        note: dict[str, Any] = json.loads(note_path().read_text())
    except FileNotFoundError:
        return None
    return note


def require_own(folder: Path) -> None:
    """A folder of another user below /tmp could lead commands to a foreign cloud."""
    status = folder.stat()
    if status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise PermissionError(f"{folder} is not this user's alone; remove it and try again.")


def alive(pid: int) -> bool:
    """Whether a process `pid` exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
