"""Leaves and takes away the note by which other commands find the running cloud."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from sluice.running import note_path, read_note, require_own


def write(note: dict[str, Any]) -> None:
    """Leave the note, readable by this user alone; it replaces another cloud's at once."""
    folder = note_path().parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    require_own(folder)
    descriptor, name = tempfile.mkstemp(dir=folder)
    with os.fdopen(descriptor, "w") as file:
        json.dump(note, file)
    Path(name).replace(note_path())


def remove(pid: int) -> None:
    """Take the note of the cloud `pid` away; another cloud's is left."""
    note = read_note()
    if note is not None and note["pid"] == pid:
        note_path().unlink(missing_ok=True)
