"""The profile's numbers are those of Python's own statistics, over all rows of the drop."""

from __future__ import annotations

import json
import random
import statistics
from collections import Counter
from pathlib import Path

import duckdb
import pytest
from drops import Judge
from xxhash import xxh3_64_intdigest

from sluice.validation.profile import measure
from sluice.validation.profile.profile import bin_edges
from sluice.validation.scanner.library import seeds_of


@pytest.fixture
def content() -> str:
    rng = random.Random(11)
    lines = ["amount,count,plan,day,label"]
    for i in range(2000):
        amount = "" if rng.random() < 0.1 else f"{rng.lognormvariate(3, 1):.3f}"
        plan = rng.choices(["free", "pro", "team"], [6, 3, 1])[0]
        day = f"2024-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
        lines.append(f"{amount},{rng.randrange(-4, 5)},{plan},{day},{'ab'[i % 2]}")
    return "\n".join(lines)


def written(out: Path, name: str) -> list[object]:
    found = duckdb.read_parquet(f"{out}/*/part-0.parquet").project(f'"{name}"').fetchall()
    return [value for (value,) in found]


def test_numbers_equal_those_of_the_statistics_module(
    judge: Judge, tmp_path: Path, content: str
) -> None:
    report = judge(content, out=tmp_path)

    for name in ("amount", "count"):
        every = written(tmp_path, name)
        values = [v for v in every if v is not None]
        entry = report.profile["columns"][name]
        assert entry["present"] == len(values)
        assert entry["missing"] == len(every) - len(values)
        assert entry["distinct"] == len(set(values))
        assert entry["min"] == min(values)
        assert entry["max"] == max(values)
        assert entry["mean"] == pytest.approx(statistics.fmean(values), rel=1e-12)
        assert entry["std"] == pytest.approx(statistics.stdev(values), rel=1e-9)
        percentiles = statistics.quantiles(values, n=100, method="inclusive")
        assert entry["quantiles"]["0.5"] == pytest.approx(statistics.median(values))
        assert entry["quantiles"]["0.95"] == pytest.approx(percentiles[94])
    assert report.profile["rows"] == report.rows


def test_histogram_counts_every_value_once(judge: Judge, tmp_path: Path, content: str) -> None:
    report = judge(content, out=tmp_path)

    for name in ("amount", "count", "day"):
        entry = report.profile["columns"][name]
        edges, counts = entry["histogram"]["edges"], entry["histogram"]["counts"]
        assert len(edges) == len(counts) + 1 <= 21
        assert edges == sorted(set(edges))
        assert sum(counts) == entry["present"]
    values = [v for v in written(tmp_path, "amount") if v is not None]
    edges = report.profile["columns"]["amount"]["histogram"]["edges"]
    counts = report.profile["columns"]["amount"]["histogram"]["counts"]
    assert counts[0] == sum(v <= edges[1] for v in values)
    assert counts[3] == sum(edges[3] < v <= edges[4] for v in values)
    whole = Counter(written(tmp_path, "count"))
    assert report.profile["columns"]["count"]["histogram"]["counts"] == [
        whole[i] for i in range(-4, 5)
    ]


def test_top_values_are_counted_exactly(judge: Judge, tmp_path: Path, content: str) -> None:
    report = judge(content, out=tmp_path)

    expected = [
        {"value": v, "count": n} for v, n in Counter(written(tmp_path, "plan")).most_common()
    ]
    assert report.profile["columns"]["plan"]["top"] == expected


def test_profile_and_report_are_plain_json(judge: Judge, content: str) -> None:
    report = judge(content)

    text = report.model_dump_json()
    assert json.loads(text) == json.loads(
        json.dumps(report.model_dump(mode="json"), allow_nan=False)
    )


@pytest.mark.parametrize(
    ("low", "high", "whole", "bins"),
    [
        (0, 1, False, 20),
        (0, 4, True, 5),
        (0, 400, True, 20),
        (3, 3, False, 1),
        (-1e308, 1e308, False, 20),
    ],
)
def test_bin_edges_rise_from_end_to_end(low: float, high: float, whole: bool, bins: int) -> None:
    edges = bin_edges(low, high, whole=whole)

    assert len(edges) == bins + 1
    assert edges == sorted(edges)
    assert edges[0] <= low
    assert edges[-1] >= high


def test_many_rows_are_measured_as_well_as_few(judge: Judge, tmp_path: Path) -> None:
    rng = random.Random(2)
    lines = ["x,label", *(f"{rng.gauss(5, 2):.6f},{'ab'[i % 2]}" for i in range(300_000))]

    entry = judge("\n".join(lines), out=tmp_path).profile["columns"]["x"]

    values = written(tmp_path, "x")
    assert entry["mean"] == pytest.approx(statistics.fmean(values), rel=1e-12)
    assert entry["quantiles"]["0.5"] == pytest.approx(statistics.median(values), rel=0.01)


def test_values_counted_in_shares_are_counted_as_exactly(
    judge: Judge, content: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    header, *rows = content.splitlines()
    rows += rows[:400]
    whole = judge("\n".join([header, *rows]))
    monkeypatch.setattr(measure, "DISTINCT_ROWS", 300)
    in_shares = judge("\n".join([header, *rows]))

    assert in_shares == whole
    duplicates = next(f for f in whole.findings if f.code == "duplicate-rows")
    assert f"{len(rows) - len(set(rows))} rows of 2,400" in duplicates.message


def test_texts_that_share_a_hash_are_two_values(judge: Judge) -> None:
    # XXH3 multiplies the halves of a word, each less a key: where one half is its key, only the sum
    # of the others counts.
    one, other = (
        "x" * 440 + f"7H莀ab{first}" + "x" * 56 + f"L泄xyz{second}" + "x" * 64
        for first, second in ("cd", "dc")
    )
    seed = seeds_of("").text
    assert xxh3_64_intdigest(one.encode(), seed) == xxh3_64_intdigest(other.encode(), seed)
    rows = [f"{i * 7 % 101},{(one, other, 'third')[i % 3]}" for i in range(300)]

    report = judge("\n".join(["x,label", *rows]))

    assert report.verdict == "accepted", report.reason
    assert set(report.target.classes) == {one, other, "third"}
