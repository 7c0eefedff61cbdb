"""Leaves and takes away the note by which other commands find this cloud."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from sluice.running import notes_folder, require_own


def write(note: dict[str, Any]) -> None:
    """Leave the note of the cloud `note["pid"]`, whole or not at all, for this user alone."""
    folder = notes_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    require_own(folder)
    descriptor, name = tempfile.mkstemp(dir=folder)
    with os.fdopen(descriptor, "w") as file:
        json.dump(note, file)
    Path(name).replace(folder / f"{note['pid']}.json")


def remove(pid: int) -> None:
    """Take the note of the cloud `pid` away."""
    (notes_folder() / f"{pid}.json").unlink(missing_ok=True)
