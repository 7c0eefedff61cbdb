"""An interpreter for each contestant, made once, and again when its pinned packages change."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from benchmarks.validate.files import BUILD
from benchmarks.validate.peers import VENVS

_PIP: Final = (
    "-m",
    "pip",
    "--disable-pip-version-check",
    "install",
    "-q",
    "--only-binary",
    ":all:",
)


class NotInstalledError(Exception):
    """A peer's packages do not install here; the message is pip's last word."""


def python_of(venv: str) -> Path:
    """The interpreter of a venv, made now where it is not; raises `NotInstalledError`."""
    if not venv:
        return Path(sys.executable)
    pins = VENVS[venv]
    folder = BUILD / "venvs" / venv
    python, ready = folder / "bin" / "python", folder / "ready"
    if ready.exists() and ready.read_text() == "\n".join(pins):
        return python
    shutil.rmtree(folder, ignore_errors=True)
    print(f"Installing {', '.join(pins)} ...", file=sys.stderr, flush=True)
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    done = subprocess.run([python, *_PIP, *pins], stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise NotInstalledError((errors or ["ERROR: pip failed"])[-1].removeprefix("ERROR: "))
    ready.write_text("\n".join(pins))
    return python
