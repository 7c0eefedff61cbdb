"""Two small trainings whose losses are kept in a file: a refactoring must not move them.

A change that means to alter the learning writes the files anew and says so in its message:

    python -m tests.contract.test_golden_losses
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pytest

from sluice.contracts.container import ROOT_VARIABLE
from tests.tables import flowers, houses, schema_of, write_job

GOLDEN = Path(__file__).parent / "golden"
TABLES = {
    "classification": (flowers(300), "species"),
    "regression": (houses(600), "price"),
}
EPOCHS = 8
"""Those compared: rounding differs from one kind of processor to the next, and grows."""
TOLERANCE = 2e-4
"""Of a loss. Between AVX2 and plain kernels these epochs differ by 8e-6 at most."""

_LINE = re.compile(r"epoch=\d+ train_loss=(\S+) val_loss=(\S+) val_score=\S+")


def losses(table: pa.Table, target: str, task: str, root: Path) -> list[list[float]]:
    """Training and validation loss of the first epochs, from the lines that the job prints."""
    write_job(root, table, schema_of(table, target, task))
    done = subprocess.run(
        [sys.executable, "-m", "training.train", "train"],
        cwd=Path(__file__).parents[2],
        env={**os.environ, ROOT_VARIABLE: str(root)},
        capture_output=True,
        text=True,
        check=True,
    )
    return [[float(loss) for loss in pair] for pair in _LINE.findall(done.stdout)[:EPOCHS]]


@pytest.mark.parametrize("task", TABLES)
def test_losses_are_those_that_are_kept(task: str, tmp_path: Path) -> None:
    kept = json.loads((GOLDEN / f"{task}.json").read_text())

    found = losses(*TABLES[task], task, tmp_path)

    assert len(found) == EPOCHS
    for epoch, (now, then) in enumerate(zip(found, kept, strict=True), start=1):
        assert now == pytest.approx(then, rel=TOLERANCE), f"epoch {epoch}"


def main() -> None:
    """Write the files anew."""
    for task, (table, target) in TABLES.items():
        with tempfile.TemporaryDirectory() as folder:
            found = losses(table, target, task, Path(folder))
        (GOLDEN / f"{task}.json").write_text("[\n " + ",\n ".join(map(json.dumps, found)) + "\n]\n")


if __name__ == "__main__":
    main()
