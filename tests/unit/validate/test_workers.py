"""Several processes find what one finds, in the same words and numbers."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from drops import table

from sluice.contracts.dataset import Report
from sluice.contracts.spec import Spec
from sluice.validation.engine import validate
from sluice.validation.formats.csv import pieces, reading
from sluice.validation.formats.csv.pieces import cut_file
from sluice.validation.formats.csv.row_count import count_rows
from sluice.validation.formats.parts import Part


def messy(rows: int) -> str:
    """A table of all kinds of columns, with quoted line ends, and a late surprise."""
    rng = random.Random(5)
    lines = ["id,amount,big,note,day,plan,late,label"]
    for i in range(rows):
        note = rng.choice(['"two\nlines"', '"a, b"', "plain", "", "NA", '"say ""hi"""'])
        late = "none yet" if i == rows - 3 else str(i % 50)
        lines.append(
            f"{i},{rng.lognormvariate(3, 2)!r},{rng.randrange(2**62)},{note},"
            f"2024-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d},"
            f"{rng.choice(['free', 'pro', 'team'])},{late},{'ab'[i % 2]}"
        )
    lines += lines[1:50]
    return "\n".join(lines) + "\n"


def judged(path: Path, workers: int, out: Path | None = None, **stated: object) -> Report:
    return validate(
        path, name="data.csv", spec=Spec(**stated), salt="pepper", workers=workers, out=out
    )


@pytest.fixture
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SHARD_BYTES", 120_000)
    monkeypatch.setattr(pieces, "BLOCK_BYTES", 30_000)


@pytest.mark.usefixtures("small_shards")
def test_one_large_file_is_read_in_pieces_and_profiled_as_one(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text(messy(rows=6000))
    outs = [tmp_path / "one", tmp_path / "two"]
    for out in outs:
        out.mkdir()

    alone = judged(path, workers=1, out=outs[0])
    together = judged(path, workers=2, out=outs[1])

    assert alone.verdict == "accepted", alone.reason
    assert together == alone
    for name in ("profile.json", "schema.json", "train/part-0.parquet", "holdout/part-0.parquet"):
        assert (outs[0] / name).read_bytes() == (outs[1] / name).read_bytes()


@pytest.mark.usefixtures("small_shards")
def test_bad_rows_of_every_piece_are_named_by_their_lines(tmp_path: Path) -> None:
    lines = table(rows=20_000).splitlines()
    for line in (13, 9_000, 18_000):
        lines[line - 1] = "0.5,7"
    path = tmp_path / "data.csv"
    path.write_text("\n".join(lines))
    allowed = {"bad_rows": {"quarantine_up_to": 0.01}}

    assert judged(path, workers=2) == judged(path, workers=1)
    together = judged(path, workers=2, **allowed)
    assert together == judged(path, workers=1, **allowed)
    assert [f.line for f in together.findings if f.code == "ragged-row"] == [13, 9_000, 18_000]


@pytest.mark.usefixtures("small_shards")
def test_a_fault_in_a_late_piece_is_named_by_line_and_byte(tmp_path: Path) -> None:
    content = bytearray(table(rows=20_000).encode())
    at = content.index(b"\n", 300_000) + 3
    content[at] = 0xFF
    path = tmp_path / "data.csv"
    path.write_bytes(content)

    together = judged(path, workers=2)

    assert f"line {content.count(10, 0, at) + 1}, byte {at}" in together.reason
    assert together == judged(path, workers=1)


@pytest.mark.usefixtures("small_shards")
def test_pieces_hold_whole_records_and_know_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    content = messy(rows=6000)
    path.write_text(content, newline="")

    parts = cut_file(Part(name="data.csv", path=path), ",", '"', tmp_path, size=120_000)

    assert len(parts) > 3
    assert "".join(part.path.read_text() for part in parts) == content
    for part in parts:
        assert content.count("\n", 0, part.first_byte) + 1 == part.first_line
        assert count_rows(part, ",").rows > 0
