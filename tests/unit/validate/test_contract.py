"""A drop is held against the last accepted one: what moved is said, what breaks is refused."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from drops import Judge

from sluice.contracts.dataset import Finding, Report, Schema
from sluice.validation.profile.shift import Shift

Make = Callable[[random.Random, int], str]

HEADER = "amount,count,plan,paid,label"


def rows(
    amount: Make = lambda rng, i: f"{rng.lognormvariate(3, 1):.3f}",
    count: Make = lambda rng, i: str(rng.randrange(12)),
    plan: Make = lambda rng, i: rng.choices(["free", "pro", "team"], [6, 3, 1])[0],
    *,
    seed: int = 1,
    many: int = 3000,
    header: str = HEADER,
) -> str:
    rng = random.Random(seed)
    lines = (
        f"{amount(rng, i)},{count(rng, i)},{plan(rng, i)},{rng.random() < 0.3},{rng.choice('ab')}"
        for i in range(many)
    )
    return "\n".join([header, *lines])


@pytest.fixture
def then(judge: Judge, tmp_path: Path) -> Callable[..., Report]:
    """Validate a drop after a sound one."""
    judge(rows(seed=7), out=tmp_path / "last")
    schema = Schema.model_validate_json((tmp_path / "last/schema.json").read_text())
    profile = json.loads((tmp_path / "last/profile.json").read_text())

    def run(text: str, **options: object) -> Report:
        return judge(text, previous=schema, previous_profile=profile, **options)

    return run


def said(report: Report) -> list[Finding]:
    """What is said of the contract, and nothing else."""
    codes = {
        "column-renamed",
        "column-removed",
        "column-added",
        "new-categories",
        "far-outside",
        "shifted-distribution",
        "more-missing",
    }
    return [finding for finding in report.findings if finding.code in codes]


@pytest.mark.parametrize("many", [60, 400, 3000])
def test_more_rows_of_the_same_kind_are_accepted_without_a_word(
    many: int, then: Callable[..., Report]
) -> None:
    for seed in range(5):
        report = then(rows(seed=seed, many=many))
        assert report.verdict == "accepted", report.reason
        assert said(report) == []


MOVED: dict[str, tuple[dict[str, Make], tuple[str, str, str], str]] = {
    "numbers somewhat larger": (
        {"amount": lambda rng, i: f"{rng.lognormvariate(3.4, 1):.3f}"},
        ("shifted-distribution", "amount", "note"),
        "median",
    ),
    "numbers much larger": (
        {"amount": lambda rng, i: f"{rng.lognormvariate(4, 1):.3f}"},
        ("shifted-distribution", "amount", "warn"),
        "PSI",
    ),
    "whole numbers of another kind": (
        {"count": lambda rng, i: str(min(11, rng.randrange(20)))},
        ("shifted-distribution", "count", "warn"),
        "median",
    ),
    "other shares of categories": (
        {"plan": lambda rng, i: rng.choices(["free", "pro", "team"], [2, 3, 5])[0]},
        ("shifted-distribution", "plan", "warn"),
        "of the values, then",
    ),
    "a new category": (
        {"plan": lambda rng, i: rng.choices(["free", "pro", "trial"], [60, 36, 4])[0]},
        ("new-categories", "plan", "warn"),
        "'trial'",
    ),
    "a value far outside": (
        {"amount": lambda rng, i: "999999" if i == 9 else f"{rng.lognormvariate(3, 1):.3f}"},
        ("far-outside", "amount", "warn"),
        "999,999",
    ),
    "many more missing": (
        {"count": lambda rng, i: "" if rng.random() < 0.2 else str(rng.randrange(12))},
        ("more-missing", "count", "warn"),
        "in the last drop in 0.0%",
    ),
    "a few missing for the first time": (
        {"count": lambda rng, i: "" if rng.random() < 0.03 else str(rng.randrange(12))},
        ("more-missing", "count", "note"),
        "0.0%",
    ),
}


@pytest.mark.parametrize("what", MOVED)
def test_what_moved_is_said_and_not_refused(what: str, then: Callable[..., Report]) -> None:
    made, expected, word = MOVED[what]

    report = then(rows(**made))

    assert report.verdict == "accepted", report.reason
    found = {(f.code, f.column, f.severity): f for f in said(report)}
    assert expected in found
    assert word in found[expected].message
    assert {column for _, column, _ in found} == {expected[1]}


def test_the_share_of_new_categories_is_said(then: Callable[..., Report]) -> None:
    def plan(rng: random.Random, i: int) -> str:
        return "trial" if i % 20 == 0 else rng.choice(["free", "pro", "team"])

    finding = next(f for f in said(then(rows(plan=plan))) if f.code == "new-categories")

    assert "5.0% of all" in finding.message


@pytest.mark.parametrize("column", ["amount", "count", "plan"])
def test_a_column_with_another_name_and_like_values_seems_renamed(
    column: str, then: Callable[..., Report]
) -> None:
    text = rows(seed=3, header=HEADER.replace(column, "other"))

    refused = then(text)
    meant = then(text, schema={"evolve": True})

    assert refused.findings[0].code == "column-renamed"
    for word in (f"'{column}'", "'other'", "seems renamed", "schema: {evolve: true}"):
        assert word in refused.reason
    assert [(f.code, f.column) for f in said(meant)] == [("column-renamed", "other")]


def test_a_new_column_of_other_values_is_no_renaming(then: Callable[..., Report]) -> None:
    header = HEADER.replace("amount", "age")

    report = then(rows(amount=lambda rng, i: f"{rng.gauss(40, 9):.1f}", header=header))

    assert report.findings[0].code == "column-removed"


def test_two_columns_that_may_each_be_the_renamed_one_are_no_renaming(
    then: Callable[..., Report],
) -> None:
    twice = "\n".join(
        f"{line.split(',')[0] if i else 'gross'},{line if i else line.replace('amount', 'net')}"
        for i, line in enumerate(rows(seed=5).splitlines())
    )

    report = then(twice, schema={"evolve": True})

    found = {(f.code, f.column) for f in said(report)}
    assert {("column-removed", "amount"), ("column-added", "net")} <= found


def test_without_a_profile_the_schema_alone_is_the_contract(judge: Judge, tmp_path: Path) -> None:
    judge(rows(), out=tmp_path)
    schema = Schema.model_validate_json((tmp_path / "schema.json").read_text())

    report = judge(rows(amount=lambda rng, i: f"{rng.gauss(9, 1):.3f}"), previous=schema)

    assert said(report) == []


def test_psi_is_the_sum_over_the_bins() -> None:
    shift = Shift(old=(1000.0, 1000.0), new=(3000.0, 1000.0))

    # (0.75 - 0.5) ln 1.5 + (0.25 - 0.5) ln 0.5
    assert shift.psi == pytest.approx(0.27465, abs=1e-3)
    assert shift.has_moved
    assert not Shift(old=(10, 10), new=(15, 5)).has_moved
