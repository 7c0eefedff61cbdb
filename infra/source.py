"""What of the repository goes where: the code of functions, and the contexts of the images.

Each is the repository's root restricted to a few folders, so that Python's imports read the same
in a function, in a container and on a developer's machine.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
"""The repository. Code is referred to by path; nothing of it is imported here."""


SCANNER: Final = ROOT / "sluice" / "validation" / "scanner" / "scanner.x86_64-linux.so"
"""The compiled part of `sluice/`, as functions and images run it. Git does not keep it."""


def require_scanner() -> None:
    """Raise `FileNotFoundError` where the scanner is still to be compiled."""
    if not SCANNER.is_file():
        raise FileNotFoundError(
            f"There is no {SCANNER.relative_to(ROOT)}, which functions and images run. "
            "Compile it: make setup."
        )


def only(*paths: str) -> list[str]:
    """`exclude` patterns (IgnoreMode.DOCKER) that keep `paths` and nothing else."""
    return ["*", *(f"!{path}" for path in paths), "**/__pycache__", "**/*.pyc"]
