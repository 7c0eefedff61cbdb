"""`pip install .` gives all of `sluice validate` and `sluice.Client`, with nothing compiled before.

The sources are packed, a wheel is made of the pack, and the wheel goes into an empty environment.
What Sluice depends on is lent to it by this one, so that no test needs a network.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ("sluice", "pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE")
NATIVE = "sluice/validation/scanner/native"


def run(*words: str | Path, cwd: Path) -> str:
    """What the command prints; of this checkout it sees nothing."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [str(word) for word in words], cwd=cwd, env=kept, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packed sources, of a tree in which nothing is compiled."""
    tree = tmp_path_factory.mktemp("tree")
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(
                source, tree / name, ignore=shutil.ignore_patterns("*.so", "__pycache__")
            )
        else:
            shutil.copy(source, tree)
    run(sys.executable, "setup.py", "-q", "sdist", cwd=tree)
    (packed,) = (tree / "dist").iterdir()
    return packed


@pytest.fixture(scope="module")
def wheel(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    offline = ("--no-build-isolation", "--no-deps", "--no-index", "--disable-pip-version-check")
    run(sys.executable, "-m", "pip", "wheel", "-q", *offline, "-w", folder, sources, cwd=folder)
    (found,) = folder.iterdir()
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel, and the packages of this one but for Sluice."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder / "venv", symlinks=True)
    python = folder / "venv" / "bin" / "python"
    offline = ("--no-deps", "--no-index", "--disable-pip-version-check")
    pip = (sys.executable, "-m", "pip", "--python", python)
    run(*pip, "install", "-q", *offline, wheel, cwd=folder)
    (own,) = (folder / "venv").glob("lib/python*/site-packages")
    # Behind the wheel's own, and without its .pth files, which would name this checkout.
    (own / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder


def test_the_sources_hold_the_c_and_nothing_compiled(sources: Path) -> None:
    with tarfile.open(sources) as pack:
        names = {name.partition("/")[2] for name in pack.getnames()}

    ours = {str(path.relative_to(ROOT)) for path in (ROOT / NATIVE).rglob("*") if path.is_file()}
    assert ours <= names
    assert not {name for name in names if name.endswith(".so")}


def test_the_wheel_holds_the_compiled_scanner_and_no_c(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    assert not wheel.name.endswith("-any.whl")
    assert any(name.startswith("sluice/validation/scanner/scanner.") for name in names)
    assert not [name for name in names if name.endswith((".c", ".h"))]
    assert [name for name in names if name.endswith("xxhash.LICENSE")]


def test_an_installed_sluice_validates_a_file(installed: Path) -> None:
    rows = "".join(f"{i},{i * 7 % 11},{'ab'[i % 2]}\n" for i in range(60))
    (installed / "data.csv").write_text(f"size,count,label\n{rows}")

    said = run(installed / "venv" / "bin" / "sluice", "validate", "data.csv", cwd=installed)

    assert "accepted" in said


def test_an_installed_sluice_has_a_client(installed: Path) -> None:
    python = installed / "venv" / "bin" / "python"
    words = "import sluice; print(sluice.__file__); print(sluice.Client.__name__)"

    file, name = run(python, "-c", words, cwd=installed).split()

    assert Path(file).is_relative_to(installed)
    assert name == "Client"
