"""Checkpoints: one safetensors file, replaced as a whole, so that a kill leaves the last one."""

from __future__ import annotations

from pathlib import Path

from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor

NAME = "checkpoint.safetensors"


def write(folder: Path, tensors: dict[str, Tensor], facts: dict[str, str]) -> None:
    """Write tensors and facts; a reader sees the old file or the new one, never a half."""
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f".{NAME}"
    partial.write_bytes(save(tensors, metadata=facts))
    partial.replace(folder / NAME)


def read(folder: Path) -> tuple[dict[str, Tensor], dict[str, str]] | None:
    """What `write` wrote last, or None."""
    path = folder / NAME
    if not path.exists():
        return None
    with safe_open(path, framework="pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}, dict(file.metadata() or {})  # noqa: SIM118
