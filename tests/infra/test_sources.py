"""A function and an image hold the files they need and no other, so each changes only with them."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra.app import synthesise
from infra.parts.images import SERVING, TRAINING, VALIDATION, Image
from infra.parts.source import OURS, ROOT, SCANNER, gathered, sources
from tests.infra.test_stages import FUNCTIONS

PROGRAMS = {
    "functions/validate/Dockerfile": ["functions.validate.job"],
    "training/Dockerfile": ["training.train", "learners.table.learn"],
    "serving/Dockerfile": [
        "serving.server",
        "serving.evaluate",
        "learners.table.answer",
        "learners.table.judge",
        "learners.table.signature",
    ],
}
"""What each image runs, and what its learners bring."""

_IMPORT = """
import importlib, json, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
ours = ("sluice", "functions", "learners", "training", "serving")
files = [m.__file__ for n, m in sys.modules.items() if n.partition(".")[0] in ours]
print(json.dumps(files))
"""


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(synthesise(str(tmp_path_factory.mktemp("sources")), checked=False).directory)


def contexts(assembly: Path) -> dict[str, Path]:
    images = json.loads((assembly / "Sluice.assets.json").read_text())["dockerImages"].values()
    return {i["source"]["dockerFile"]: assembly / i["source"]["directory"] for i in images}


def files_of(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def imported_from(folder: Path, *modules: str) -> set[Path]:
    """Import `modules` with nothing of ours but what lies in `folder`; the files that came."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", _IMPORT, *modules],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return {Path(file) for file in json.loads(done.stdout)}


@pytest.mark.parametrize("word", FUNCTIONS)
def test_a_function_runs_on_what_it_is_given(word: str) -> None:
    folder = gathered(sources(f"functions/{word}/handler.py"))

    came = imported_from(folder, f"functions.{word}.handler")

    assert all(path.is_relative_to(folder) for path in came)


@pytest.mark.parametrize("dockerfile", PROGRAMS)
def test_an_image_runs_on_what_it_is_given(dockerfile: str, assembly: Path) -> None:
    folder = contexts(assembly)[dockerfile]

    came = imported_from(folder, *PROGRAMS[dockerfile])

    assert all(path.is_relative_to(folder) for path in came)


def test_only_what_validates_holds_the_engine_and_one_compiled_file(assembly: Path) -> None:
    assets = json.loads((assembly / "Sluice.assets.json").read_text())["files"].values()
    code = [assembly / a["source"]["path"] for a in assets if a["source"].get("packaging") == "zip"]
    with_engine = 0
    for folder in (*code, *contexts(assembly).values()):
        files = files_of(folder)
        if any(file.startswith("functions/validate/") for file in files):
            with_engine += 1
            assert [f for f in files if f.endswith(".so")] == [SCANNER]
        else:
            assert not [f for f in files if f.startswith("sluice/validation/")]
            assert not [f for f in files if f.endswith(".so")]
        assert not [f for f in files if f.endswith((".c", ".h", ".pyc"))]
        assert not files & {"sluice/cli.py", "sluice/client.py"}
    assert with_engine == 2
    assert len(code) == len(FUNCTIONS)


@pytest.mark.parametrize("dockerfile", ["training/Dockerfile", "serving/Dockerfile"])
def test_a_container_of_models_holds_its_own_side_of_learners(
    dockerfile: str, assembly: Path
) -> None:
    files = files_of(contexts(assembly)[dockerfile])

    assert ("learners/table/learn.py" in files) == (dockerfile == "training/Dockerfile")
    assert ("learners/table/answer.py" in files) == (dockerfile == "serving/Dockerfile")
    assert "learners/table/encoder.py" in files


CHANGES = {
    "sluice/cli.py": set(),
    "localcloud/up.py": set(),
    "sluice/validation/engine.py": {"functions/validate/Dockerfile", "validate"},
    "functions/serve/openapi.py": {"serve"},
    "learners/table/encoder.py": {"training/Dockerfile", "serving/Dockerfile"},
    "training/train.py": {"training/Dockerfile"},
    "sluice/contracts/names.py": {*FUNCTIONS, "functions/validate/Dockerfile"},
}
"""A file, and the functions and images that a change to it changes."""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository that may be changed."""
    tree = tmp_path_factory.mktemp("tree")
    for folder in (*OURS, "infra", "localcloud", "requirements"):
        shutil.copytree(ROOT / folder, tree / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return tree


def digests(tree: Path) -> dict[str, str]:
    """Of what each function and each image is made of; the CDK's own hashes are of the same."""
    made = {word: sources(f"functions/{word}/handler.py", root=tree) for word in FUNCTIONS}
    made |= {image.dockerfile: image.context(tree) for image in (VALIDATION, TRAINING, SERVING)}
    return {
        part: hashlib.sha256(b"".join((tree / file).read_bytes() for file in files)).hexdigest()
        for part, files in made.items()
    }


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_to_a_file_changes_only_what_holds_it(name: str, tree: Path) -> None:
    before, kept = digests(tree), (tree / name).read_bytes()
    (tree / name).write_bytes(kept + b"\n# changed\n")

    after = digests(tree)

    (tree / name).write_bytes(kept)
    assert {part for part in before if before[part] != after[part]} == CHANGES[name]


def test_the_same_files_make_the_same_asset(assembly: Path, tmp_path: Path) -> None:
    again = Path(synthesise(str(tmp_path), checked=False).directory)

    assert {p.name for p in again.glob("asset.*")} == {p.name for p in assembly.glob("asset.*")}


@pytest.mark.parametrize("image", [VALIDATION, TRAINING, SERVING], ids=lambda i: i.dockerfile)
def test_an_image_is_built_from_what_it_lists(image: Image, assembly: Path) -> None:
    assert files_of(contexts(assembly)[image.dockerfile]) == set(image.context())


def test_a_scanner_that_is_not_compiled_is_told_of(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "sluice", tmp_path / "sluice", ignore=shutil.ignore_patterns("*.so"))
    shutil.copytree(ROOT / "functions", tmp_path / "functions")

    with pytest.raises(FileNotFoundError, match="make setup"):
        sources("functions/validate/handler.py", root=tmp_path)
