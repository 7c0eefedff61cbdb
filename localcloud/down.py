"""`python -m localcloud down`: end the running offline cloud from elsewhere."""

from __future__ import annotations

import os
import signal
import sys
import time

from sluice.running import notes_folder, running_cloud

PATIENCE_SECONDS = 60.0


def down() -> int:
    """Ask it to end and wait until it has; the exit code."""
    note = running_cloud()
    if note is None:
        print("sluice down: no offline cloud is running.", file=sys.stderr)
        return 1
    pid = int(note["pid"])
    os.kill(pid, signal.SIGTERM)
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if not (notes_folder() / f"{pid}.json").exists():
            return 0
        time.sleep(0.05)
    print(f"sluice down: process {pid} has not ended in {PATIENCE_SECONDS:.0f} s.", file=sys.stderr)
    return 1
