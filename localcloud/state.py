"""The note that a running cloud leaves, so that other commands find it.

`$XDG_RUNTIME_DIR/sluice-<uid>/up.json`, or below the temporary folder. Of several clouds the latest
wins. A note whose process is gone is stale and counts as none.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any


def path() -> Path:
    """Where the note lies."""
    base = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    return Path(base) / f"sluice-{os.getuid()}" / "up.json"


def write(note: dict[str, Any]) -> None:
    """Leave the note, readable by this user alone; it replaces another cloud's at once."""
    folder = path().parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _require_own(folder)
    descriptor, name = tempfile.mkstemp(dir=folder)
    with os.fdopen(descriptor, "w") as file:
        json.dump(note, file)
    Path(name).replace(path())


def read() -> dict[str, Any] | None:
    """The note of the cloud that runs, if one does."""
    note = _read()
    return note if note is not None and alive(int(note["pid"])) else None


def remove(pid: int) -> None:
    """Take the note of the cloud `pid` away; another cloud's is left."""
    note = _read()
    if note is not None and note["pid"] == pid:
        path().unlink(missing_ok=True)


def _read() -> dict[str, Any] | None:
    try:
        _require_own(path().parent)
        note: dict[str, Any] = json.loads(path().read_text())
    except FileNotFoundError:
        return None
    return note


def _require_own(folder: Path) -> None:
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
