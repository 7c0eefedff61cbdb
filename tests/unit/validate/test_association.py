"""What a column has to do with the target is measured over all rows, and chance ties nothing."""

from __future__ import annotations

import json
import math
import random
import statistics
from pathlib import Path

import pytest
from drops import Judge

from sluice.contracts.dataset import Report
from sluice.validation.report.page import render_html


def lines(header: str, rows: list[tuple[object, ...]]) -> str:
    return "\n".join([header, *(",".join(map(str, row)) for row in rows)])


def tie(report: Report, name: str) -> tuple[str, float]:
    entry = report.profile["columns"][name]["association"]
    return entry["kind"], entry["value"]


def test_two_numbers_have_pearsons_correlation(judge: Judge) -> None:
    rng = random.Random(1)
    x = [rng.gauss(0, 1) for _ in range(500)]
    y = [2 * v + rng.gauss(0, 1.5) for v in x]
    report = judge(lines("x,back,target", [(v, -v, w) for v, w in zip(x, y, strict=True)]))

    expected = statistics.correlation(x, y)
    assert tie(report, "x") == ("pearson", pytest.approx(expected, abs=1e-4))
    assert tie(report, "back") == ("pearson", pytest.approx(-expected, abs=1e-4))
    assert "association" not in report.profile["columns"]["target"]


def test_pairs_with_a_missing_value_are_left_out(judge: Judge) -> None:
    rng = random.Random(2)
    pairs = [(rng.gauss(0, 1), rng.gauss(0, 1)) for _ in range(400)]
    rows = [("" if i % 3 == 0 else x, x + y) for i, (x, y) in enumerate(pairs)]
    report = judge(lines("x,target", rows))

    kept = [(x, t) for x, t in rows if x != ""]
    expected = statistics.correlation([float(x) for x, _ in kept], [t for _, t in kept])
    assert tie(report, "x")[1] == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("turned", [False, True], ids=["number-classes", "classes-number"])
def test_a_number_and_classes_have_the_correlation_ratio(judge: Judge, turned: bool) -> None:
    rng = random.Random(3)
    rows = [(rng.gauss(len(c), 1), c) for c in rng.choices(["a", "bb", "ccc"], k=600)]
    text = lines("x,c", rows)
    report = judge(text, target="x" if turned else "c")

    groups = [[x for x, c in rows if c == label] for label in ("a", "bb", "ccc")]
    within = sum(statistics.pvariance(group) * len(group) for group in groups) / (600 - 3)
    expected = math.sqrt(1 - within / statistics.variance([x for x, _ in rows]))
    name = "c" if turned else "x"
    assert tie(report, name) == ("correlation-ratio", pytest.approx(expected, abs=1e-4))


def test_two_sets_of_classes_have_cramers_v(judge: Judge) -> None:
    rows = [("u", "a")] * 40 + [("u", "b")] * 10 + [("v", "a")] * 20 + [("v", "b")] * 30
    rows = [(i * 0.37 % 1, *row) for i, row in enumerate(rows)]
    report = judge(lines("x,feature,label", rows))

    # chi-squared / n = (40 * 30 - 10 * 20)^2 / (60 * 40 * 50 * 50); one degree, 99 left.
    phi2 = 1_000_000 / 6_000_000
    expected = math.sqrt((phi2 - 1 / 99) / (1 - 1 / 99))
    assert tie(report, "feature") == ("cramers-v", pytest.approx(expected, abs=1e-4))


def test_many_values_in_few_rows_tie_nothing(judge: Judge) -> None:
    rng = random.Random(5)
    rows = [(f"v{rng.randrange(20)}", rng.randrange(10), "ab"[i % 2]) for i in range(80)]
    report = judge(lines("many,count,label", rows))

    assert tie(report, "many")[1] < 0.3
    assert tie(report, "count")[1] < 0.3


def test_dates_and_booleans_are_tied_too(judge: Judge) -> None:
    rows = [(f"2024-{i // 28 % 12 + 1:02d}-{i % 28 + 1:02d}", i % 5 == 0, i) for i in range(300)]
    report = judge(lines("day,flag,amount", rows), target="amount", task="regression")

    assert tie(report, "day")[1] > 0.99
    assert tie(report, "flag")[0] == "correlation-ratio"


def test_many_columns_are_tied_as_well_as_few(judge: Judge) -> None:
    rng = random.Random(7)
    names = ",".join(f"c{i}" for i in range(70)) + "," + ",".join(f"n{i}" for i in range(70))
    rows = [(*rng.choices("xyz", k=70), *(rng.random() for _ in range(70))) for _ in range(60)]
    numbers = lines(f"{names},target", [(*r, r[100] + len(r[40])) for r in rows])
    classes = lines(f"{names},target", [(*r, r[40]) for r in rows])

    for text in (numbers, classes):
        report = judge(text)
        tied = [c for c, entry in report.profile["columns"].items() if "association" in entry]
        assert len(tied) == 140
    assert tie(judge(numbers), "n30")[1] == pytest.approx(1)
    assert tie(judge(classes), "c40")[1] == pytest.approx(1)


def huge(name: str) -> str:
    rng = random.Random(6)
    rows = [(f"{rng.choice([1.7, 1.5])}e308", rng.random(), "ab"[i % 2]) for i in range(100)]
    return lines(f"{name},x,label", rows)


def test_numbers_beyond_measure_are_left_out(judge: Judge, tmp_path: Path) -> None:
    report = judge(huge("huge"), out=tmp_path)

    assert report.verdict == "accepted", report.reason
    assert "association" not in report.profile["columns"]["huge"]
    assert "association" in report.profile["columns"]["x"]
    profile = json.loads((tmp_path / "profile.json").read_text())
    assert profile["columns"]["huge"]["std"] is None
    assert "huge" in render_html(report)


def test_a_target_beyond_measure_is_refused(judge: Judge) -> None:
    report = judge(huge("target"), task="regression")

    assert report.verdict == "rejected"
    assert "larger unit" in report.reason


def test_the_page_says_it_in_words(judge: Judge) -> None:
    rows = [(i, -i, "ab"[i % 2], i + (i * 7 % 50)) for i in range(200)]
    page = render_html(judge(lines("up,down,kind,target", rows)))

    assert "moves with the target <b>0.9" in page
    assert "moves against the target <b>0.9" in page
    assert "tied to the target <b>" in page


def test_long_categories_are_tied_to_nothing(judge: Judge) -> None:
    values = [f"{i}" * 60_000 for i in range(10, 30)]
    rows = [f"{values[i % 20]},{'ab'[i % 2]}" for i in range(200)]

    report = judge("\n".join(["kind,label", *rows]))

    assert report.verdict == "accepted", report.reason
    assert "association" not in report.profile["columns"]["kind"]
