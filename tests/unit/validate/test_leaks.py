"""A feature that is the target under another name is a leak; one that only predicts it is none."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from drops import Judge

Row = Callable[[random.Random, str], object]

LEAKS: dict[str, tuple[Row, str]] = {
    "the class in other words": (lambda rng, c: {"a": "yes", "b": "no"}[c], "240 of 240 rows"),
    "several words a class": (lambda rng, c: c + rng.choice("xyz"), "240 of 240 rows"),
    "the class as a number": (lambda rng, c: {"a": 1.5, "b": 2.5}[c], "correlation ratio 1.0000"),
    "there for one class only": (
        lambda rng, c: round(rng.random(), 4) if c == "a" else "",
        "whether it has a value alone",
    ),
    "a category there for one class only": (
        lambda rng, c: rng.choice("xyz") if c == "a" else "",
        "240 of 240 rows",
    ),
}
FEATURES: dict[str, Row] = {
    "a threshold parts the classes": lambda rng, c: round(rng.random() + (c == "b"), 4),
    "nine in ten": lambda rng, c: c if rng.random() < 0.9 else "ab"[c == "a"],
    "nothing": lambda rng, c: rng.choice("xyz"),
    "often missing": lambda rng, c: round(rng.random(), 4) if rng.random() < 0.5 else "",
    "nearly a value a row": lambda rng, c: f"v{rng.randrange(100)}",
}


def table(feature: Row, seed: int = 1) -> str:
    rng = random.Random(seed)
    rows = [(round(rng.gauss(0, 1), 5), "ab"[i % 2]) for i in range(240)]
    return "\n".join(["x,f,label", *(f"{x},{feature(rng, c)},{c}" for x, c in rows)])


@pytest.mark.parametrize("what", LEAKS)
def test_what_gives_the_class_away_is_warned_of_with_its_evidence(what: str, judge: Judge) -> None:
    feature, evidence = LEAKS[what]

    report = judge(table(feature))

    found = [f for f in report.findings if f.code == "leak"]
    assert [(f.column, f.severity) for f in found] == [("f", "warn")]
    assert evidence in found[0].message


@pytest.mark.parametrize("what", FEATURES)
def test_a_good_feature_is_no_leak(what: str, judge: Judge) -> None:
    report = judge(table(FEATURES[what]))

    assert not [f for f in report.findings if f.code == "leak"]


def test_one_class_in_a_hundred_does_not_hide_a_leak(judge: Judge) -> None:
    rng = random.Random(3)
    rows = ["x,paid,label"]
    for i in range(1000):
        label = "fraud" if i % 100 == 0 else "fine"
        rows.append(f"{rng.random():.5f},{'back' if label == 'fraud' else 'yes'},{label}")

    report = judge("\n".join(rows))

    assert [f.column for f in report.findings if f.code == "leak"] == ["paid"]


def test_a_quantity_is_given_away_by_other_units_and_by_a_price_list(judge: Judge) -> None:
    rng = random.Random(4)
    rows = ["x,grams,article,label"]
    for _ in range(300):
        article = rng.randrange(40)
        price = round(3 + article**1.5, 2)
        rows.append(f"{rng.random():.4f},{price * 1000 + 2:.1f},art{article},{price}")

    report = judge("\n".join(rows))

    found = {f.column: f.message for f in report.findings if f.code == "leak"}
    assert set(found) == {"grams", "article"}
    assert "other units" in found["grams"]
    assert "share a value of it" in found["article"]


def test_a_strong_correlation_is_no_leak(judge: Judge) -> None:
    rng = random.Random(5)
    values = [rng.gauss(0, 1) for _ in range(300)]
    rows = [f"{v},{v + rng.gauss(0, 0.1)}" for v in values]

    report = judge("\n".join(["x,target", *rows]))

    assert not [f for f in report.findings if f.code == "leak"]
