"""Writing the template in a process of its own: Node peaks at 540 MB, and ends with it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from localcloud.processes import Processes

ROOT = Path(__file__).resolve().parent.parent
"""The repository: the CDK app is run from there."""

SILENCE = {
    "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "true",
    "JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION": "true",
    "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "true",
    "JSII_SILENCE_WARNING_KNOWN_BROKEN_NODE_VERSION": "true",
}
"""Banners about Node's age are for whoever maintains the project, not for its users."""


class SynthesisError(Exception):
    """The template could not be written; the message ends with what the app said."""


class Synthesis:
    """One run of the CDK app, begun at once, awaited later."""

    def __init__(self, processes: Processes, folder: Path, *, command: list[str] | None) -> None:
        """`command` is another app than Sluice's own; it writes to CDK_OUTDIR."""
        self._command = command or [sys.executable, "-m", "infra.app"]
        self._folder = folder
        if shutil.which("node") is None:
            raise SynthesisError("There is no `node` on the PATH: install Node.js 20 or newer.")
        self._said = (folder.parent / "synthesis.log").open("w+b")
        environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        try:
            self._process = processes.spawn(
                self._command,
                env={**environment, **SILENCE, "CDK_OUTDIR": str(folder)},
                cwd=ROOT,
                stdout=self._said,
            )
        except FileNotFoundError as error:
            raise SynthesisError(f"{self._command[0]} is not there: {error}.") from None

    def wait(self) -> Path:
        """The assembly's folder, once it is written."""
        status = self._process.wait()
        with self._said:
            self._said.seek(0)
            said = self._said.read().decode(errors="replace").strip()
        if status != 0:
            raise SynthesisError(
                f"`{subprocess.list2cmdline(self._command)}` ended with status {status}:\n{said}"
            )
        return self._folder
