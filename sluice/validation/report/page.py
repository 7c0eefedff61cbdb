"""`report.html`: the report as one page for a person, without scripts or outside resources."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sluice.contracts.dataset import Column, Report
from sluice.validation.formats.registry import by_name
from sluice.validation.wording import number

MAX_CARDS: Final = 200
"""Columns that get a picture; a page with more is of no use to a reader."""
MAX_FINDINGS: Final = 200
BARS: Final = 5
HEIGHT: Final = 64
"""Of a histogram, in units of its drawing."""

WORTH_A_DIRECTION: Final = 0.05
"""Correlation below which up and down are chance."""

_WORDS = {"refuse": "Refused", "warn": "Warning", "note": "Note"}
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", "\x01": "Control-A"}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Bin:
    height: float
    title: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Bar:
    label: str
    width: float
    """Percent of the longest."""
    share: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Card:
    """One column as the page shows it."""

    name: str
    label: str
    is_target: bool
    bins: tuple[_Bin, ...] = ()
    low: str = ""
    high: str = ""
    bars: tuple[_Bar, ...] = ()
    aside: str = ""
    numbers: tuple[tuple[str, str], ...] = ()
    missing: str = ""


def render_html(report: Report) -> str:
    """The page; every name and value from the data is escaped."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    refusals = [f for f in report.findings if f.severity == "refuse"]
    return environment.get_template("report.html").render(
        report=report,
        verdict=report.verdict.capitalize(),
        facts=_facts(report),
        refusals=refusals,
        findings=[f for f in report.findings if f not in refusals][:MAX_FINDINGS],
        words=_WORDS,
        cards=_cards(report),
        hidden=max(0, len(report.columns) - MAX_CARDS),
        reading=_reading(report.dialect),
    )


def _facts(report: Report) -> list[tuple[str, str]]:
    facts = []
    if report.rows:
        facts.append(("rows", f"{report.rows:,}"))
    if report.columns:
        facts.append(("columns", f"{len(report.columns):,}"))
    if report.target:
        facts.append(("target", report.target.name))
    if report.task and report.verdict == "accepted":
        facts.append(("task", report.task))
    if report.train_rows:
        facts.append(("to learn / to judge", f"{report.train_rows:,} / {report.holdout_rows:,}"))
    return facts


def _cards(report: Report) -> list[_Card]:
    profile = report.profile.get("columns", {})
    rows = report.profile.get("rows", 0)
    target = report.target.name if report.target else None
    columns = sorted(report.columns, key=lambda column: column.name != target)
    return [
        _card(column, profile[column.name], rows, is_target=column.name == target)
        for column in columns[:MAX_CARDS]
        if column.name in profile
    ]


def _card(column: Column, entry: Mapping[str, Any], rows: int, *, is_target: bool) -> _Card:
    bins: tuple[_Bin, ...] = ()
    low = high = ""
    is_time = column.type in ("date", "timestamp")
    entry = _pictured(entry)
    if histogram := entry.get("histogram"):
        edges = [_timestamp(e, column.type) if is_time else number(e) for e in histogram["edges"]]
        bins = _bins(edges, histogram["counts"])
        low, high = _ends(entry, is_time=is_time)
        high += " characters" if column.type == "text" else ""
    numbers = [
        ("distinct", ("" if entry["distinct_is_exact"] else "≈ ") + number(entry["distinct"]))
    ]
    if entry.get("mean") is not None:
        numbers = [("mean", number(entry["mean"]))]
        if entry.get("std") is not None:
            numbers.append(("std", number(entry["std"])))
        if "quantiles" in entry:
            numbers.append(("median", number(entry["quantiles"]["0.5"])))
    if "association" in entry:
        numbers.append(_tie(entry["association"]))
    missing = entry["missing"]
    return _Card(
        name=column.name,
        label=f"target, {column.type}" if is_target else column.type,
        is_target=is_target,
        bins=bins,
        low=low,
        high=high,
        bars=_bars(entry.get("top", ()), entry["present"]),
        aside="No value at all." if not entry["present"] else "Left out of training.",
        numbers=tuple(numbers) + _contents(entry),
        missing=f"{missing:,} ({missing / rows:.1%})" if missing else "",
    )


def _tie(association: Mapping[str, Any]) -> tuple[str, str]:
    """What a column has to do with the target, in words and from 0 to 1."""
    value = association["value"]
    words = "tied to the target"
    if association["kind"] == "pearson" and abs(value) >= WORTH_A_DIRECTION:
        words = "moves with the target" if value > 0 else "moves against the target"
    return words, f"{abs(value):.2f}"


def _pictured(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a card's picture shows: of texts their lengths, of images their sizes."""
    if length := entry.get("length"):
        return {**entry, **{key: length[key] for key in ("histogram", "min", "max")}}
    return {**entry, "top": entry["sizes"]} if "sizes" in entry else entry


def _contents(entry: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What is said of texts and images beside their picture."""
    if (length := entry.get("length")) and length["mean"] is not None:
        words = entry["words"]["quantiles"]["0.5"]
        return (("mean characters", number(length["mean"])), ("median words", number(words)))
    if "sizes" not in entry:
        return ()
    formats, channels = (
        ", ".join(str(found["value"]) for found in entry[key][:BARS])
        for key in ("formats", "channels")
    )
    return (("formats", formats), ("channels", channels))


def _bins(edges: list[str], counts: list[int]) -> tuple[_Bin, ...]:
    highest = max(counts, default=0) or 1
    return tuple(
        _Bin(
            height=round(max(HEIGHT * count / highest, 1.0 if count else 0.0), 2),
            title=f"{edges[i]} to {edges[i + 1]}: {count:,}",
        )
        for i, count in enumerate(counts)
    )


def _ends(entry: Mapping[str, Any], *, is_time: bool) -> tuple[str, str]:
    if is_time:
        return str(entry["min"]).replace("T", " "), str(entry["max"]).replace("T", " ")
    return number(entry["min"]), number(entry["max"])


def _bars(top: Any, present: int) -> tuple[_Bar, ...]:
    pairs = [(_label(entry["value"]), entry["count"]) for entry in top[:BARS]]
    rest = present - sum(count for _, count in pairs)
    if pairs and rest:
        pairs.append(("all others", rest))
    longest = max((count for _, count in pairs), default=1)
    return tuple(
        _Bar(label=label, width=round(100 * count / longest, 2), share=f"{count / present:.1%}")
        for label, count in pairs
    )


def _label(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _timestamp(seconds: float, kind: str) -> str:
    at = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)
    return f"{at:%Y-%m-%d}" if kind == "date" else f"{at:%Y-%m-%d %H:%M}"


def _reading(dialect: Mapping[str, Any]) -> str:
    """`CSV, UTF-8, fields parted by commas, with a header`."""
    if not dialect or dialect["format"] == "parquet":
        return "Parquet" if dialect else ""
    packed = f", {dialect['compression']}-compressed" if "compression" in dialect else ""
    encoding = f", {dialect['encoding'].upper()}" if "encoding" in dialect else ""
    form = by_name(dialect["format"])
    if form.is_archive:
        held = f"{dialect['members']:,} {dialect['holds']}s in class folders"
        return f"{form.words} of {held}{encoding}{packed}"
    header = "with a header" if dialect.get("header") else "without a header"
    if dialect["format"] == "xlsx":
        return f"Excel workbook, sheet {dialect['sheet']}, {header}"
    if dialect["format"] != "csv":
        return f"{form.words}{packed}{encoding}"
    parted = _DELIMITERS.get(dialect["delimiter"], dialect["delimiter"])
    ends = dialect["newline"]
    return (
        f"CSV{packed}, {dialect['encoding'].upper()}, fields parted by {parted}, {header}, "
        f"{ends} lines"
    )
