"""A target that was guessed is said to be a guess; one that is stated is taken at its word."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from drops import Judge, codes, table

from sluice.contracts.dataset import Finding, Report, Schema


def finding(report: Report, code: str) -> Finding:
    return next(f for f in report.findings if f.code == code)


def stones(header: str = "carat,cut,price,x,y,z") -> str:
    rng = random.Random(1)
    lines = [header]
    for _ in range(200):
        size = rng.uniform(3, 9)
        values = (size**3 / 300, rng.choice(["good", "ideal"]), size**3 * 20, size, size * 1.02)
        carat, cut, price, x, y = values
        lines.append(f"{carat:.3f},{cut},{price:.0f},{x:.2f},{y:.2f},{size * 0.6:.2f}")
    return "\n".join(lines)


def passengers() -> str:
    rng = random.Random(2)
    lines = ["survived,pclass,fare,class"]
    for _ in range(200):
        place = rng.randrange(1, 4)
        name = ("First", "Second", "Third")[place - 1]
        lines.append(f"{rng.randrange(2)},{place},{rng.random() * 100:.2f},{name}")
    return "\n".join(lines)


def test_a_name_that_is_one_of_a_family_is_warned_of_with_the_candidates(judge: Judge) -> None:
    said = finding(judge(stones()), "target-by-name")
    assert said.severity == "warn"
    assert "'x', 'z'" in said.message
    assert "'price'" in said.message
    assert 'target: "y"' in said.remedy


@pytest.mark.parametrize("header", ["carat,cut,price,x,y,w", "carat,cut,price,x,y,u"])
def test_what_is_learnt_from_x_is_called_y(header: str, judge: Judge) -> None:
    assert finding(judge(stones(header)), "target-by-name").severity == "note"


def test_a_guess_that_another_column_gives_away_waits_for_a_person(judge: Judge) -> None:
    report = judge(passengers())
    said = finding(report, "guess-given-away")
    assert "its model will wait for a person" in said.message
    assert "`exclude: [pclass]`" in said.remedy
    assert "guess-given-away" not in codes(judge(passengers(), target="class"))
    assert "guess-given-away" not in codes(judge(passengers(), exclude=["pclass"]))


def test_an_excluded_column_is_no_feature_and_moves_no_row(judge: Judge, tmp_path: Path) -> None:
    every = judge(passengers(), target="class", out=tmp_path / "every")
    some = judge(passengers(), target="class", exclude=["pclass"], out=tmp_path / "some")
    schema = Schema.model_validate_json((tmp_path / "some/schema.json").read_text())
    assert [column.name for column in schema.features] == ["survived", "fare"]
    assert (every.train_rows, every.holdout_rows) == (some.train_rows, some.holdout_rows)
    assert "leak" not in codes(some)


@pytest.mark.parametrize(
    ("exclude", "code", "remedy"),
    [
        (["heigth"], "unknown-column", "Did you mean `exclude: [height]` in sluice.yaml?"),
        (["label"], "target-excluded", "Name another target, such as `target: colour`"),
    ],
)
def test_what_cannot_be_excluded_is_refused(
    exclude: list[str], code: str, remedy: str, judge: Judge
) -> None:
    report = judge(table(), exclude=exclude)
    assert report.findings[0].code == code
    assert remedy in report.findings[0].remedy


def test_classes_that_differ_in_case_or_spaces_only_are_said(judge: Judge) -> None:
    rows = [f"{i},{('Yes', 'yes', 'No', 'n o')[i % 4]}" for i in range(80)]
    said = finding(judge("\n".join(["n,label", *rows])), "alike-classes")
    assert "'Yes' and 'yes'" in said.message or "'yes' and 'Yes'" in said.message
    assert "'No'" not in said.message


@pytest.fixture
def then(judge: Judge, tmp_path: Path) -> Callable[..., Report]:
    judge(table(), out=tmp_path / "last")
    schema = Schema.model_validate_json((tmp_path / "last/schema.json").read_text())
    profile = json.loads((tmp_path / "last/profile.json").read_text())

    def run(**options: object) -> Report:
        return judge(table(seed=1), previous=schema, previous_profile=profile, **options)

    return run


def test_a_target_that_is_named_needs_no_evolve(then: Callable[..., Report]) -> None:
    report = then(target="colour")
    assert report.verdict == "accepted", report.reason
    assert finding(report, "target-changed").severity == "warn"


def test_one_reading_of_a_target_is_needed(judge: Judge) -> None:
    rows = [f"{i};1,{i:03}" for i in range(60)]
    report = judge("\n".join(["n;label", *rows]))
    assert report.findings[0].code == "target-two-readings"
    assert '{columns: {label: {type: number, thousands: ","}}}' in report.reason
    for marks, first in ({"thousands": ","}, 1000.0), ({"decimal": ","}, 1.0):
        column = {"label": {"type": "number", **marks}}
        stated = judge("\n".join(["n;label", *rows]), schema={"columns": column})
        assert stated.verdict == "accepted", stated.reason
        every = judge("\n".join(["n;label", *rows]), read=marks)
        assert every.columns == stated.columns
        assert next(c for c in stated.columns if c.name == "label").min == first


def test_dates_of_two_readings_are_said_with_both_and_read_as_stated(judge: Judge) -> None:
    rows = [f"{i},{1 + i % 12:02}/{1 + i % 11:02}/2024,{'ab'[i % 2]}" for i in range(60)]
    text = "\n".join(["n,when,label", *rows])
    said = finding(judge(text), "two-readings")
    assert "%d/%m/%Y" in said.remedy
    assert "%m/%d/%Y" in said.remedy
    assert "2024-01-01 by %d/%m/%Y" in said.message
    stated = {"columns": {"when": {"type": "date", "format": "%m/%d/%Y"}}}
    report = judge(text, schema=stated)
    assert next(c for c in report.columns if c.name == "when").max == "2024-12-05"


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_a_reading_is_said_with_an_example(form: str, judge: Judge) -> None:
    if form == "csv":
        text = "\n".join(
            ["n,paid,label", *(f'{i},"$1,{i:03}.50",{"ab"[i % 2]}' for i in range(60))]
        )
    else:
        text = "\n".join(
            json.dumps({"n": i, "paid": f"$1,{i:03}.50", "label": "ab"[i % 2]}) for i in range(60)
        )
    said = finding(judge(text, name=f"data.{form}"), "read-as")
    assert "'$1,000.50' is 1000.5" in said.message
    assert "schema: {columns: {paid: {type: category}}}" in said.remedy


def test_numbers_in_quotes_are_read_where_one_line_says_so(judge: Judge) -> None:
    lines = [json.dumps({"n": i, "m": f"{i * 1.5}", "label": f"{i * 2.25}"}) for i in range(60)]
    report = judge("\n".join(lines), name="data.jsonl")
    assert report.findings[0].code == "target-in-quotes"
    types = {"columns": {"m": {"type": "number"}, "label": {"type": "number"}}}
    report = judge("\n".join(lines), name="data.jsonl", schema=types)
    assert (report.verdict, report.task) == ("accepted", "regression")


@pytest.mark.parametrize("make", [lambda i: f"{100 + i}k", lambda i: f"{'$€'[i % 2]}{i}"])
def test_a_target_of_numbers_with_units_is_refused_as_that(make: object, judge: Judge) -> None:
    report = judge("\n".join(["n,price", *(f"{i % 9},{make(i)}" for i in range(60))]))
    assert report.findings[0].code == "target-with-unit"
