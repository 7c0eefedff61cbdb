"""Which column is predicted, as what, and what is warned of on the way."""

from __future__ import annotations

import random
import statistics
from pathlib import Path

import duckdb
import pytest
from drops import Judge, codes, table

from sluice.contracts.dataset import Schema

GOOD = table()


def with_target(values: list[str], name: str = "label") -> str:
    rng = random.Random(4)
    lines = [f"x,{name}", *(f"{rng.random():.5f},{v}" for v in values)]
    return "\n".join(lines)


@pytest.mark.parametrize("name", ["target", "Label", "CLASS", "y"])
def test_known_name_is_the_target_wherever_it_stands(name: str, judge: Judge) -> None:
    turned = "\n".join(",".join(reversed(line.split(","))) for line in GOOD.splitlines())

    report = judge(turned.replace("label", name, 1))

    assert report.target.name == name
    assert "target-guessed" not in codes(report)


def test_else_the_last_column_is_taken_and_said(judge: Judge) -> None:
    report = judge(GOOD.replace("label", "kind", 1))

    assert report.target.name == "kind"
    finding = next(f for f in report.findings if f.code == "target-guessed")
    assert finding.severity == "warn"
    assert "'kind'" in finding.message
    assert "target: kind" in finding.remedy


def test_sluice_yaml_names_the_target(judge: Judge) -> None:
    report = judge(GOOD, target="colour")

    assert report.target.name == "colour"
    assert report.target.classes == ("blue", "green", "red")


TASKS: dict[str, tuple[list[str], str, tuple[object, ...] | None]] = {
    "words": (["no", "yes"], "classification", ("no", "yes")),
    "booleans": (["true", "false"], "classification", (False, True)),
    "zeros and ones": (["0", "1"], "classification", (0, 1)),
    "a few integers": ([str(i) for i in range(8)], "classification", tuple(range(8))),
    "codes with zeros": (["007", "010"], "classification", ("007", "010")),
    "floats that are classes": (["0.0", "1.0"], "classification", (0.0, 1.0)),
    "quantities": ([f"{i * 0.37:.2f}" for i in range(200)], "regression", None),
    "many integers": ([str(i * 13) for i in range(200)], "regression", None),
}


@pytest.mark.parametrize("what", TASKS)
def test_task_follows_from_the_values(what: str, judge: Judge, tmp_path: Path) -> None:
    values, task, classes = TASKS[what]

    report = judge(with_target([values[i % len(values)] for i in range(400)]), out=tmp_path)

    assert report.verdict == "accepted", report.reason
    assert report.task == task
    assert report.task_reason
    assert report.target.classes == classes
    written = duckdb.read_parquet(f"{tmp_path}/*/part-0.parquet").project("label").distinct()
    if classes:
        kept = sorted(value for (value,) in written.fetchall())
        assert kept == list(classes)
        assert [type(v) for v in kept] == [type(c) for c in classes]


def test_sluice_yaml_decides_the_task(judge: Judge) -> None:
    few = with_target([str(i % 5) for i in range(100)])

    assert judge(few).task == "classification"
    assert judge(few, task="regression").task == "regression"


def test_classes_come_back_from_json_as_they_were(judge: Judge, tmp_path: Path) -> None:
    for values, classes in ((["1", "2"], (1, 2)), (["true", "false"], (False, True))):
        judge(with_target([values[i % 2] for i in range(60)]), out=tmp_path)
        schema = Schema.model_validate_json((tmp_path / "schema.json").read_text())
        assert [(type(c), c) for c in schema.target.classes] == [(type(c), c) for c in classes]


def test_baseline_is_the_majority_or_the_mean_of_the_training_rows(
    judge: Judge, tmp_path: Path
) -> None:
    most = judge(with_target([["a", "b", "b"][i % 3] for i in range(90)]))
    mean = judge(with_target([f"{i * 1.5}" for i in range(90)]), out=tmp_path)

    rows = duckdb.read_parquet(f"{tmp_path}/train/*").project("label").fetchall()
    assert most.target.baseline == "b"
    assert mean.target.baseline == pytest.approx(statistics.fmean(v for (v,) in rows))


def test_weak_columns_and_leaks_are_warned_of(judge: Judge) -> None:
    rng = random.Random(7)
    lines = ["constant,almost,empty,leak,x,label"]
    for i in range(400):
        label = "ab"[i % 2]
        leak = {"a": "yes", "b": "no"}[label]
        lines.append(f"1,{'v' if i < 5 else ''},,{leak},{rng.random():.6f},{label}")

    report = judge("\n".join(lines))

    found = {(f.code, f.column) for f in report.findings if f.severity == "warn"}
    assert {
        ("constant-column", "constant"),
        ("almost-empty", "almost"),
        ("empty-column", "empty"),
        ("leak", "leak"),
    } <= found
    assert ("leak", "x") not in found


def test_target_in_other_units_is_a_leak(judge: Judge) -> None:
    rng = random.Random(7)
    rows = [(rng.random(), i) for i in range(200)]
    lines = ["x,grams,label", *(f"{x},{y * 1000},{y * 1.0 + 0.5}" for x, y in rows)]

    report = judge("\n".join(lines))

    assert ("leak", "grams") in {(f.code, f.column) for f in report.findings}


def test_small_and_unequal_classes_are_warned_of(judge: Judge) -> None:
    report = judge(with_target(["a"] * 300 + ["b"] * 5))

    assert report.verdict == "accepted", report.reason
    assert {"small-class", "imbalance"} <= codes(report, "warn")


def test_changes_since_the_last_drop_are_warned_of(judge: Judge, tmp_path: Path) -> None:
    judge(GOOD, out=tmp_path)
    previous = Schema.model_validate_json((tmp_path / "schema.json").read_text())
    changed = GOOD.replace("width,height", "width,depth").replace("blue", "violet")

    report = judge(changed, previous=previous, schema={"evolve": True})

    assert report.verdict == "accepted"
    assert {
        ("column-removed", "height"),
        ("column-added", "depth"),
        ("new-categories", "colour"),
    } <= {(f.code, f.column) for f in report.findings}
    assert not {f.code for f in judge(GOOD, previous=previous).findings} & {"column-added"}
