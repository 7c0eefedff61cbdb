"""Compile the scanner: `python sluice/validation/scanner/build.py [TARGET …]`.

The compiler is Zig's, a package of PyPI: it needs nothing of the machine, and makes the library of
any other one. Without a TARGET it makes this machine's, and Lambda's. `setup.py` runs this file
before there is a package to import, so it imports nothing of Sluice.
"""

from __future__ import annotations

import platform
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
NATIVE: Final = HERE / "native"
"""The sources; README.md there says what is where."""
LAMBDA: Final = "x86_64-linux"
"""The platform of the functions, and of the images."""
BASELINE: Final = "x86_64-linux-baseline"
"""Machines of that kind without AVX2, which are older than 2013 or a virtual machine's choice."""

_LTO: Final = "-flto"
"""The values of a field are converted where it is read; Zig links macOS without it."""
_TARGETS: Final = {
    # The C library is older than those of Lambda and of the images, which take it.
    LAMBDA: ("-target", "x86_64-linux-gnu.2.28", "-mcpu=x86_64_v3", _LTO),
    BASELINE: ("-target", "x86_64-linux-gnu.2.28", "-mcpu=x86_64", _LTO),
    "aarch64-linux": ("-target", "aarch64-linux-gnu.2.28", _LTO),
    "x86_64-macos": ("-target", "x86_64-macos", "-mcpu=x86_64"),
    "aarch64-macos": ("-target", "aarch64-macos"),
}
_LEVEL_3: Final = {"avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe"}
"""What `-mcpu=x86_64_v3` may use, as Linux calls it."""
_FLAGS: Final = (
    *("-std=c11", "-D_GNU_SOURCE", "-O3", "-g0", "-s", "-shared", "-fPIC", "-isystem", "vendor"),
    *("-Wall", "-Wextra", "-Wconversion", "-Wno-sign-conversion", "-Werror"),
)


def this_machine() -> str:
    """The target that this process runs on."""
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )
    target = f"{machine}-{'macos' if sys.platform == 'darwin' else sys.platform}"
    return BASELINE if target == LAMBDA and not has_avx2() else target


def has_avx2(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """Whether the processor is of the level that Linux programs call x86-64-v3; true where the
    kernel does not say."""
    try:
        with cpuinfo.open() as file:
            flags = next((line for line in file if line.startswith("flags")), "")
    except OSError:
        return True
    return not flags or set(flags.split()) >= _LEVEL_3


def targets_for_wheel() -> tuple[str, ...]:
    """The targets of a wheel that is built on this machine: both levels of x86-64 on Linux."""
    target = this_machine()
    return (LAMBDA, BASELINE) if target in (LAMBDA, BASELINE) else (target,)


def library_file(target: str | None = None, folder: Path = HERE) -> Path:
    """Where the library of a target lies; by default this machine's."""
    return folder / f"scanner.{target or this_machine()}.so"


def compile_library(file: Path, flags: Sequence[str], *, scanner: Path = HERE) -> None:
    """Compile the sources below `scanner` to a library, with the flags of a target or of a check.

    The compiler holds interface.py against the headers, and the version goes into the library.
    Raises `CalledProcessError` where the compiler objects; it has then said why.
    """
    interface = runpy.run_path(str(scanner / "interface.py"))
    source = runpy.run_path(str(HERE / "version.py"))["version_source"](interface)
    native = scanner.resolve() / NATIVE.name
    with tempfile.TemporaryDirectory() as scratch:
        version = Path(scratch) / "version.c"
        version.write_text(source, encoding="utf-8")
        fresh = file.resolve().with_suffix(".new")
        compiler = [sys.executable, "-m", "ziglang", "cc", *flags, "-I.", "-o", str(fresh)]
        units = [*(path.name for path in sorted(native.glob("*.c"))), str(version)]
        subprocess.run([*compiler, *units], check=True, cwd=native)  # noqa: S603 our own sources
    # At once, under the name: a process that has the old one loaded keeps it.
    fresh.replace(file)


def build(target: str, folder: Path = HERE) -> Path:
    """Compile the library of a target into a folder.

    Raises `ValueError` for a target that is not known.
    """
    if target not in _TARGETS:
        raise ValueError(f"no scanner for {target}; there are {', '.join(_TARGETS)}")
    file = library_file(target, folder)
    compile_library(file, (*_TARGETS[target], *_FLAGS))
    return file


def main(targets: Sequence[str]) -> None:
    """Compile what is asked for."""
    for target in targets or dict.fromkeys((this_machine(), LAMBDA)):
        build(target)


if __name__ == "__main__":
    main(sys.argv[1:])
