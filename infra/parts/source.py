"""What of the repository goes where: the files that one function or one image needs, and no other.

The list is not written down: it is what the program's entry points import, module by module, so a
change to a file changes only the functions and images that hold it. Each is laid out as in the
repository, so that imports read the same in a function, in a container and on a developer's
machine.
"""

from __future__ import annotations

import ast
import atexit
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
"""The repository. Code is referred to by path; nothing of it is imported here."""

SCANNER: Final = "sluice/validation/scanner/scanner.x86_64-linux.so"
"""The compiled part of `sluice/`, as functions and images run it. Git does not keep it."""

OURS: Final = ("sluice", "functions", "learners", "training", "serving")
"""Packages whose imports are followed."""

DATA: Final = {
    "sluice/validation/report/page.py": "sluice/validation/report/report.html",
    "sluice/validation/scanner/library.py": SCANNER,
}
"""Files that a module opens: they go where it goes."""


def sources(*entries: str, root: Path = ROOT) -> tuple[str, ...]:
    """The files, relative to `root`, that the modules at the paths `entries` need to run.

    Raises `FileNotFoundError` where the scanner is among them and still to be compiled.
    """
    found: set[str] = set()
    waiting = list(entries)
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        waiting += _packages_of(path)
        waiting += _imported(root, path)
        if data := DATA.get(path):
            found.add(data)
    if SCANNER in found and not (root / SCANNER).is_file():
        raise FileNotFoundError(
            f"There is no {SCANNER}, which functions and images run. Compile it: make setup."
        )
    return tuple(sorted(found))


def gathered(files: Iterable[str], root: Path = ROOT) -> Path:
    """A folder that holds copies of `files` and nothing else, for as long as this process runs."""
    folder = Path(tempfile.mkdtemp(prefix="sluice-source-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for file in files:
        place = folder / file
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / file, place)
    return folder


def _packages_of(path: str) -> Iterator[str]:
    """The `__init__.py` of each package that a module lies in."""
    for folder in Path(path).parents:
        if folder.parts:
            yield str(folder / "__init__.py")


def _imported(root: Path, path: str) -> tuple[str, ...]:
    """The files of our packages that a module imports, also where it does so late."""
    names = _imports((root / path).read_text("utf-8"))
    return tuple(file for name in names if (file := _file_of(root, name)) is not None)


@cache
def _imports(code: str) -> tuple[str, ...]:
    return tuple(_names(ast.parse(code)))


def _names(tree: ast.AST) -> Iterator[str]:
    """Every module, or member of one, that the code imports to run. Left out is what only the type
    checker imports, and what a package imports when somebody asks for a name it has not."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.FunctionDef) and node.name == "__getattr__":
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        yield from _names(node)


def _file_of(root: Path, name: str) -> str | None:
    """The file of a module of ours; None where `name` is another's, or a member of a module."""
    if name.partition(".")[0] not in OURS:
        return None
    base = Path(*name.split("."))
    for file in (base.with_suffix(".py"), base / "__init__.py"):
        if (root / file).is_file():
            return str(file)
    return None
