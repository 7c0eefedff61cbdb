"""What the table says of hits and misses follows from the rounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.validate.files import Input
from benchmarks.validate.measure import Failed, Measured
from benchmarks.validate.peers import CONTESTANTS, DATASET, SLUICE, VENVS, YARDSTICK
from benchmarks.validate.runs import Runs, added, ratio
from benchmarks.validate.table import comparison
from benchmarks.validate.targets import targets

BY_NAME = {contestant.name: contestant for contestant in CONTESTANTS}


def measured(*seconds: float, megabytes: int = 200) -> list[Measured]:
    return [
        Measured(seconds=s, cpu=s, peak=megabytes * 1_000_000, start_up=0.1, answer={})
        for s in seconds
    ]


def csv(megabytes: int, folder: Path = Path()) -> Input:
    path = folder / "a.csv"
    return Input(
        title="csv", path=path, format="csv", megabytes=megabytes, rows=9, columns=2, repeats=0
    )


def verdicts(name: str, runs: Runs, megabytes: int = 100) -> list[bool]:
    return [target.hit for target in targets(BY_NAME[name], csv(megabytes), runs)]


def test_contestants_are_compared_within_a_round() -> None:
    # The machine was ten times slower in the second round, for both.
    runs: Runs = {SLUICE: measured(1.2, 12.0, 1.2), YARDSTICK: measured(1.0, 10.0, 1.0)}
    found = ratio(runs, SLUICE, YARDSTICK)
    assert found is not None
    assert found.lowest == found.highest == pytest.approx(1.2)


def test_what_is_added_is_told_in_times_of_the_yardstick() -> None:
    runs: Runs = {DATASET: measured(2.0), SLUICE: measured(1.4), YARDSTICK: measured(1.0)}
    found = added(runs, DATASET, SLUICE, YARDSTICK)
    assert found is not None
    assert found.median == pytest.approx(0.6)


@pytest.mark.parametrize(("seconds", "hit"), [(1.24, True), (1.49, True), (1.51, False)])
def test_the_scan_has_to_keep_to_its_share_of_the_parse(seconds: float, hit: bool) -> None:
    runs: Runs = {SLUICE: measured(seconds), YARDSTICK: measured(1.0)}
    assert verdicts(SLUICE, runs)[0] is hit


@pytest.mark.parametrize(
    ("megabytes", "peak", "hit"),
    [(100, 299, True), (100, 301, False), (1_000, 249, True), (1_000, 251, False)],
)
def test_memory_has_to_stay_flat(megabytes: int, peak: int, hit: bool) -> None:
    runs: Runs = {SLUICE: measured(1.0, megabytes=peak), YARDSTICK: measured(1.0)}
    assert verdicts(SLUICE, runs, megabytes)[1] is hit


def test_a_peer_has_to_be_slower_by_its_factor() -> None:
    name = "pointblank DataScan"
    assert verdicts(name, {SLUICE: measured(1.0), name: measured(2.1)}) == [True]
    assert verdicts(name, {SLUICE: measured(1.0), name: measured(1.9)}) == [False]


def test_who_did_not_run_is_in_the_table_with_the_reason(tmp_path: Path) -> None:
    file = csv(100, tmp_path)
    file.path.write_text("a,b\n")
    runs: Runs = {SLUICE: measured(1.0), YARDSTICK: Failed(reason="does not install: no | wheel")}
    text = comparison([BY_NAME[SLUICE], BY_NAME[YARDSTICK]], file, runs)
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in lines}) == 1
    assert "does not install: no / wheel" in lines[-1]
    assert targets(BY_NAME[YARDSTICK], file, runs) == []


def test_every_contestant_has_a_program_and_a_venv() -> None:
    programs = Path("benchmarks/validate/programs")
    for contestant in CONTESTANTS:
        assert not contestant.program or (programs / f"{contestant.program}.py").is_file()
        assert not contestant.venv or contestant.venv in VENVS
