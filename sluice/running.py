"""Where running offline clouds say how to reach them: one JSON note each, of the user's own.

`$XDG_RUNTIME_DIR/sluice-<uid>/<pid>.json`, or below the temporary folder. Of several clouds the one
that came up last is found; a note whose process is gone counts as none.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from sluice.contracts.environment import CommandEnvironment


def notes_folder() -> Path:
    """Where `sluice up` leaves its note when it is ready; it takes it away when it ends."""
    return CommandEnvironment.read().runtime_folder / f"sluice-{os.getuid()}"


def running_cloud() -> dict[str, Any] | None:
    """What the latest running `sluice up` wrote, or None where none runs."""
    folder = notes_folder()
    if not folder.is_dir():
        return None
    require_own(folder)
    notes = [path for path in folder.glob("*.json") if alive(int(path.stem))]
    if not notes:
        return None
    latest = max(notes, key=lambda path: path.stat().st_mtime_ns)
    note: dict[str, Any] = json.loads(latest.read_text())
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
