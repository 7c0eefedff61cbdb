"""The layers' maker: the same lock gives the same bytes, and what cannot be made says why."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from infra.parts import layer
from infra.parts.source import ROOT


def test_the_same_folder_packs_to_the_same_bytes(tmp_path: Path):
    packed = []
    for name in ("first", "second"):
        folder = tmp_path / name
        for part in ("b.py", "a/c.py") if name == "first" else ("a/c.py", "b.py"):
            (folder / part).parent.mkdir(parents=True, exist_ok=True)
            (folder / part).write_text(part)
        size = layer.pack(folder, tmp_path / f"{name}.zip")
        packed.append(((tmp_path / f"{name}.zip").read_bytes(), size))
    assert packed[0] == packed[1] == (packed[0][0], len("b.py") + len("a/c.py"))
    assert zipfile.ZipFile(tmp_path / "first.zip").namelist() == ["a/c.py", "b.py"]


def test_a_lock_that_is_not_there_is_named(tmp_path: Path):
    words = [sys.executable, "-P", str(ROOT / "infra/parts/layer.py"), str(tmp_path / "no.txt")]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "There is no lock" in done.stderr


def test_markers_are_held_against_the_runtime(tmp_path: Path):
    lock = tmp_path / "lock.txt"
    lock.write_text(
        'a==1\n# of people\nb==2 ; python_version < "3.14"\nc==3;python_version < "3.9"\n'
    )
    assert layer.pins(lock) == ["a==1", "b==2"]
    lock.write_text('a==1 ; sys_platform == "win32"\n')
    with pytest.raises(ValueError, match="win32"):
        layer.pins(lock)


def test_the_runtime_has_zstd():
    named = [pin.partition("==")[0] for pin in layer.pins(ROOT / "requirements/validate.txt")]
    assert "backports-zstd" in named


@pytest.mark.parametrize("lock", ["functions.txt", "validate.txt"])
def test_the_locks_that_layers_are_made_of_are_there(lock: str):
    assert (ROOT / "requirements" / lock).is_file()


def test_the_layers_python_is_the_functions_runtime():
    from infra.parts.bundle import RUNTIME

    assert f"python{layer.PYTHON}" == RUNTIME.name
