"""A compiled scanner works only with the Python that it was compiled for, and says so."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sluice.validation.scanner import build, library
from sluice.validation.scanner.build import HERE, NATIVE, compile_library
from sluice.validation.scanner.library import VersionError

FLAGS = (
    *("-std=c11", "-D_GNU_SOURCE", "-O1", "-shared", "-fPIC", "-isystem", "vendor"),
    "-fno-sanitize=undefined",
)


def altered(folder: Path, name: str, before: str, after: str) -> None:
    text = (folder / name).read_text()
    assert before in text
    (folder / name).write_text(text.replace(before, after))


@pytest.fixture
def scanner(tmp_path: Path) -> Path:
    """A copy of the sources whose counts hold one number more."""
    shutil.copytree(NATIVE, tmp_path / NATIVE.name)
    shutil.copy(HERE / "interface.py", tmp_path)
    altered(tmp_path, "native/count.h", "int64_t blank;", "int64_t blank, tabs;")
    return tmp_path


def test_a_library_of_other_headers_is_refused_in_a_sentence(scanner: Path) -> None:
    altered(scanner, "interface.py", '"blank", ', '"blank", "tabs", ')
    file = scanner / "scanner.so"
    compile_library(file, FLAGS, scanner=scanner)

    with pytest.raises(VersionError) as refused:
        library.load(file)

    assert f"{file} was built from headers of version " in str(refused.value)
    assert "Compile it again: make setup" in str(refused.value)


def test_headers_that_python_does_not_mirror_do_not_compile(
    scanner: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        compile_library(scanner / "scanner.so", FLAGS, scanner=scanner)

    assert "interface.py says otherwise than the headers" in capfd.readouterr().err
    assert not (scanner / "scanner.so").exists()


def test_a_library_without_a_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "old.c").write_text(
        "int count_records(void);\nint count_records(void) { return 0; }\n"
    )
    file = tmp_path / "scanner.so"
    compiler = [sys.executable, "-m", "ziglang", "cc", "-shared", "-fPIC", "-o", str(file)]
    subprocess.run([*compiler, str(tmp_path / "old.c")], check=True)

    with pytest.raises(VersionError, match="headers of version none, and interface"):
        library.load(file)


def test_a_library_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "library_file", lambda: HERE / "scanner.none.so")

    with pytest.raises(FileNotFoundError, match=r"no scanner\.none\.so in .*make setup"):
        library.library.__wrapped__()


@pytest.mark.parametrize(
    ("flags", "has_avx2"),
    [
        ("flags\t\t: fpu sse2 avx f16c fma abm movbe avx2 bmi1 bmi2", True),
        ("flags\t\t: fpu sse2 avx", False),
        ("Features\t: asimd", True),
    ],
)
def test_the_processor_decides_which_library_is_loaded(
    flags: str, has_avx2: bool, tmp_path: Path
) -> None:
    (tmp_path / "cpuinfo").write_text(f"processor\t: 0\n{flags}\n")

    assert build.has_avx2(tmp_path / "cpuinfo") is has_avx2
    assert build.has_avx2(tmp_path / "none")


def test_a_processor_without_avx2_has_a_library_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build.platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(build.sys, "platform", "linux")
    for has_avx2, name in ((True, "x86_64-linux"), (False, "x86_64-linux-baseline")):
        monkeypatch.setattr(build, "has_avx2", lambda has_avx2=has_avx2: has_avx2)

        assert build.library_file() == HERE / f"scanner.{name}.so"
        assert build.targets_for_wheel() == ("x86_64-linux", "x86_64-linux-baseline")
