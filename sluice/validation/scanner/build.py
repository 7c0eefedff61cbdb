"""Compile the scanner: `python sluice/validation/scanner/build.py [TARGET …]`.

The compiler is Zig's, a package of PyPI: it needs nothing of the machine, and makes the library of
any other one. Without a TARGET it makes this machine's, and Lambda's.
"""

from __future__ import annotations

import platform
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
LAMBDA: Final = "x86_64-linux"
"""The platform of the functions, and of the images."""

_TARGETS: Final = {
    # Lambda has AVX2. The C library is older than those of Lambda and of the images, which take it.
    "x86_64-linux": ("-target", "x86_64-linux-gnu.2.28", "-mcpu=x86_64_v3"),
    "aarch64-linux": ("-target", "aarch64-linux-gnu.2.28"),
    "x86_64-macos": ("-target", "x86_64-macos", "-mcpu=x86_64_v3"),
    "aarch64-macos": ("-target", "aarch64-macos"),
}
_FLAGS: Final = (
    *("-std=c11", "-D_GNU_SOURCE", "-O3", "-g0", "-shared", "-fPIC"),
    *("-Wall", "-Wextra", "-Wconversion", "-Wno-sign-conversion", "-Werror"),
)


def this_machine() -> str:
    """The target that this process runs on."""
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )
    return f"{machine}-{'macos' if sys.platform == 'darwin' else sys.platform}"


def library_file(target: str | None = None) -> Path:
    """Where the library of a target lies; by default this machine's."""
    return HERE / f"scanner.{target or this_machine()}.so"


def build(target: str) -> Path:
    """Compile the library of a target.

    Raises `ValueError` for a target that is not known, `CalledProcessError` where the compiler
    objects; it has then said why.
    """
    if target not in _TARGETS:
        raise ValueError(f"no scanner for {target}; there are {', '.join(_TARGETS)}")
    file = library_file(target)
    fresh = file.with_suffix(".new")
    sources = sorted(map(str, HERE.glob("*.c")))
    compiler = [sys.executable, "-m", "ziglang", "cc"]
    options = [*_TARGETS[target], *_FLAGS, "-o", str(fresh)]
    subprocess.run([*compiler, *options, *sources], check=True)  # noqa: S603 our own sources
    # At once, under the name: a process that has the old one loaded keeps it.
    fresh.replace(file)
    return file


def main(targets: Sequence[str]) -> None:
    """Compile what is asked for."""
    for target in targets or dict.fromkeys((this_machine(), LAMBDA)):
        build(target)


if __name__ == "__main__":
    main(sys.argv[1:])
