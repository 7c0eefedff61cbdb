"""Files to judge, written on the spot."""

from __future__ import annotations

from pathlib import Path

import pytest
from drops import Judge

from sluice.contracts.dataset import Report
from sluice.contracts.spec import Spec
from sluice.validation.engine import validate

_STATED = ("task", "target", "exclude", "read", "schema", "bad_rows")


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    """Write `content` as `name` and validate it; keyword arguments go to validate or the spec."""

    def run(content: bytes | str, name: str = "data.csv", **options: object) -> Report:
        path = tmp_path / "stored-elsewhere"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        spec = Spec(
            **{k: options.pop(k) for k in _STATED if k in options},
        )
        return validate(path, name=name, spec=spec, salt="pepper", **options)

    return run


@pytest.fixture
def judge_folder(tmp_path: Path) -> Judge:
    """Write a folder of parts, `{name: content}`, and validate it as `drop`."""

    def run(parts: dict[str, str], **stated: object) -> Report:
        folder = tmp_path / "folder"
        folder.mkdir()
        for name, content in parts.items():
            (folder / name).write_text(content)
        return validate(folder, name="drop", spec=Spec(**stated), salt="pepper")

    return run
