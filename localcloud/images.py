"""What a container image runs, offline: its own Dockerfile's ENTRYPOINT, from its build context.

No image is built. The URI's tag names an asset of the assembly; its Dockerfile says in exec form
what starts (`ENTRYPOINT ["python", "-m", "training.train"]`), and `python` is the interpreter that
runs the offline cloud. The image must therefore keep its context's layout below its WORKDIR, which
all Dockerfiles of Sluice do.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from localcloud import assembly, house

_PYTHON = re.compile(r"(/\S*/)?python3?(\.\d+)?$")
_KEY_VALUE = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*"|\S+)')
_ELSEWHERE = ("PATH", "PYTHONPATH", "VIRTUAL_ENV")
"""Variables whose values name places inside the image."""

_lock = threading.Lock()


@dataclass(frozen=True, kw_only=True, slots=True)
class Program:
    """A container's program as it is started here; the job appends `train`, `serve`, ...."""

    argv: tuple[str, ...]
    cwd: Path
    env: dict[str, str]
    """What the image itself sets."""


def program(image_uri: str) -> Program:
    """What `image_uri` runs; `ValueError` says what is wrong with the image or its Dockerfile."""
    home = house.current()
    tag = image_uri.rpartition(":")[2]
    image = assembly.read(home.assembly).images.get(tag)
    if image is None:
        raise ValueError(f"The image {image_uri} is not among the assembly's images.")
    place = home.data_dir / "images" / tag
    with _lock:
        if not place.exists():
            shutil.copytree(image.context, place)
    argv, env = read_dockerfile(image.dockerfile)
    return Program(argv=argv, cwd=place, env={**env, "PYTHONPATH": str(place)})


def read_dockerfile(dockerfile: Path) -> tuple[tuple[str, ...], dict[str, str]]:
    """The ENTRYPOINT, `python` replaced by this interpreter, and the ENV of the last stage."""
    if not dockerfile.is_file():
        raise ValueError(f"{dockerfile} is not there.")
    entrypoint: tuple[str, ...] | None = None
    env: dict[str, str] = {}
    text = re.sub(r"\\\n", " ", dockerfile.read_text())
    for line in text.splitlines():
        word, _, rest = line.strip().partition(" ")
        if word.upper() == "FROM":
            entrypoint, env = None, {}
        elif word.upper() == "ENV":
            pairs = _KEY_VALUE.findall(rest)
            env.update({k: v.strip('"') for k, v in pairs if k not in _ELSEWHERE})
        elif word.upper() == "ENTRYPOINT":
            if not rest.strip().startswith("["):
                raise ValueError(
                    f"{dockerfile}: ENTRYPOINT is not in exec form, so signals never reach the "
                    'program; write ENTRYPOINT ["python", …].'
                )
            entrypoint = tuple(json.loads(rest))
    if not entrypoint:
        raise ValueError(f"{dockerfile} has no ENTRYPOINT.")
    return tuple(sys.executable if _PYTHON.match(w) else w for w in entrypoint), env
