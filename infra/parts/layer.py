"""Make a Lambda layer of a requirements lock: `infra/parts/layer.py requirements/functions.txt`.

The CDK runs this when the layer is published (`cdk deploy`), never when the template is written,
and reads the path of the zip from stdout; everything else goes to stderr. Only the standard library
and pip are used. The same lock gives the same bytes: entries are sorted and carry one fixed time.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Final

PYTHON: Final = "3.13"
"""Version of the Lambda runtime; infra/parts/bundle.py names the same."""

PLATFORMS: Final = ("manylinux_2_28_x86_64", "manylinux2014_x86_64")
"""Both: a lone manylinux2014 silently gives old versions of packages that have moved on."""

MAX_UNZIPPED_BYTES: Final = 250 * 1024 * 1024
"""Of a function and all its layers:
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""

_EPOCH = (1980, 1, 1, 0, 0, 0)
_MARKER = re.compile(r'python_version < "3\.(\d+)"')
"""The one kind of marker that the locks have."""


def pins(lock: Path) -> list[str]:
    """What `lock` pins for the Lambda runtime, without markers: pip would hold those against the
    Python that runs it, whatever `--python-version` says (https://github.com/pypa/pip/issues/11664).

    Raises `ValueError` for a marker of another kind.
    """
    found = []
    for line in lock.read_text().splitlines():
        pin, _, marker = (part.strip() for part in line.partition(";"))
        if not pin or pin.startswith("#"):
            continue
        before = _MARKER.fullmatch(marker)
        if marker and not before:
            raise ValueError(f"{lock.name}: {marker} is no marker of the kind {_MARKER.pattern}")
        if before is None or int(PYTHON.removeprefix("3.")) < int(before[1]):
            found.append(pin)
    return found


def install(lock: Path, target: Path) -> None:
    """Install what `lock` pins for the Lambda runtime; `CalledProcessError` where pip cannot."""
    platforms = [flag for name in PLATFORMS for flag in ("--platform", name)]
    subprocess.run(  # noqa: S603 - fixed words, a path and pins of ours
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
            *("--no-compile", "--no-deps", "--only-binary=:all:"),
            *("--implementation", "cp", "--python-version", PYTHON, *platforms),
            *("--target", str(target), *pins(lock)),
        ],
        check=True,
        stdout=sys.stderr,
    )
    # Scripts, which no function runs, begin with the path of this machine's Python, and each
    # RECORD holds their hashes.
    shutil.rmtree(target / "bin", ignore_errors=True)
    for record in target.glob("*.dist-info/RECORD"):
        record.unlink()


def pack(folder: Path, archive: Path) -> int:
    """Zip `folder` reproducibly; the unzipped size in bytes."""
    size = 0
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as bundle:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o755 if path.stat().st_mode & 0o100 else 0o644) << 16
            content = path.read_bytes()
            size += len(content)
            bundle.writestr(entry, content)
    return size


def main(arguments: list[str]) -> int:
    """Print the path of the layer's zip."""
    if len(arguments) != 1:
        print("usage: python infra/parts/layer.py REQUIREMENTS.txt", file=sys.stderr)
        return 2
    lock = Path(arguments[0])
    if not lock.is_file():
        print(f"There is no lock {lock}. Write it: make lock.", file=sys.stderr)
        return 1
    # The zip outlives this process: the CDK uploads it next.
    archive = Path(tempfile.mkdtemp(prefix="sluice-layer-")) / f"{lock.stem}.zip"
    with tempfile.TemporaryDirectory() as folder:
        install(lock, Path(folder) / "python")
        size = pack(Path(folder), archive)
    if size > MAX_UNZIPPED_BYTES:
        print(
            f"{lock} makes a layer of {size:,} bytes; Lambda takes {MAX_UNZIPPED_BYTES:,}. "
            "Remove a package from it.",
            file=sys.stderr,
        )
        return 1
    print(archive)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
