"""One cell means one value, whichever door it comes in by: a drop, its dataset, the learner, a
request in JSON or CSV, captured traffic. `sluice.cells` says which."""

from __future__ import annotations

import csv
import io
import json
import math
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies

from functions.watch.capture import captured
from learners.shared.parquet import batches
from learners.table.encoder import Encoder
from learners.table.signature import signature
from sluice import requests
from sluice.cells import Cell, Misread
from sluice.contracts.dataset import PLAIN, Column, Schema
from sluice.contracts.errors import RequestRefused
from sluice.contracts.prediction import Signature
from sluice.contracts.spec import Spec
from sluice.validation.engine import validate

ROWS = 60
KINDS = ("town", "size", "paid", "open", "day", "when", "span")
"""The columns: a category, an integer, money, a boolean, dates, moments, durations."""


def row(i: int) -> dict[str, str]:
    return {
        "town": ("Rom", "Köln", "NA", "Oslo ")[i % 4],
        "size": str(i) if i % 5 else "",
        "paid": f"${1000 + i * 37:,}.50" if i % 7 else "null",
        "open": ("true", "FALSE", "")[i % 3],
        "day": f"{13 + i % 12}/0{1 + i % 9}/2024" if i % 6 else "N/A",
        "when": f"2024-03-{1 + i % 28:02} 0{i % 10}:30" if i % 4 else "",
        "span": f"{i}:05:00" if i % 9 else r"\N",
        "label": "ab"[i % 2],
    }


def as_csv(rows: list[dict[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


class Dropped:
    """A drop that was validated, and what a model of it takes."""

    def __init__(self, folder: Path) -> None:
        file = folder / "visits.csv"
        file.write_text(as_csv([row(i) for i in range(ROWS)]), "utf-8")
        out = folder / "dataset"
        out.mkdir()
        report = validate(file, name=file.name, spec=Spec(), salt="s/visits", out=out)
        assert report.verdict == "accepted", report.reason
        self.schema = Schema.model_validate_json((out / "schema.json").read_text())
        self.signature: Signature = signature(self.schema, model="visits", version="v")
        self.encoder = Encoder.fit(self.schema.features, batches(out / "train", KINDS))

    def column(self, name: str) -> Column:
        return next(column for column in self.schema.columns if column.name == name)

    def cell(self, name: str) -> Cell:
        column = self.column(name)
        return Cell(type=column.type, reading=column.reading or PLAIN, missing=self.schema.missing)


@pytest.fixture(scope="module")
def dropped(tmp_path_factory: pytest.TempPathFactory) -> Dropped:
    return Dropped(tmp_path_factory.mktemp("drop"))


_OF_KIND = {
    "town": ["Rom", " Rom ", "NA", "na", "Ko\u0308ln", "Köln", "rom", "Rom\u00a0", "", "  "],
    "size": ["7", "07", " 7 ", "-0", "7.0", "7.5", "1e3", "NaN", "9" * 18, "+7", "1,000"],
    "paid": ["$1,234.50", "1234.5", "-$5", "(5)", "5-", "$1,23", "€5", "$ 5", "None", "1.5e3"],
    "open": ["true", "TRUE", "yes", "1", " false ", "NA", "wahr"],
    "day": ["13/01/2024", "1/1/2024", "2024-01-13", "31/02/2024", "13/01/24", "NaT", "13.01.2024"],
    "when": ["2024-03-01 00:30", "2024-03-01", "2024-03-01T00:30:00.5Z", "2024-03-01 24:00"],
    "span": ["0:00:01", "25:05:00", "1:2:3", "-1:00:00.5", "5", r"\N", "1:60:00"],
}
_ANY = strategies.text(
    strategies.characters(exclude_categories=("Cs", "Cc"), exclude_characters='"'), max_size=8
)


@settings(max_examples=60, deadline=None)
@given(data=strategies.data())
@pytest.mark.parametrize("name", KINDS)
def test_every_door_reads_a_cell_alike(name: str, dropped: Dropped, data: Any) -> None:
    text = data.draw(strategies.sampled_from(_OF_KIND[name]) | _ANY)
    cell = dropped.cell(name)
    try:
        expected = (cell.read(text),)
    except Misread:
        expected = ()

    base = {k: v for k, v in row(1).items() if k != "label"} | {name: text}
    body = json.dumps({"instances": [base]}).encode()
    doors = {
        "json": lambda: requests.read(body, requests.JSON, dropped.signature),
        "csv": lambda: requests.read(as_csv([base]).encode(), requests.CSV, dropped.signature),
        "capture": lambda: captured(
            {"data": body.decode(), "observedContentType": requests.JSON}, dropped.signature
        ),
    }
    for door, opened in doors.items():
        try:
            found = (opened().columns[name][0],)
        except RequestRefused as refused:
            found = tuple(p["column"] for p in refused.problems if p["column"] != name)
        assert (door, found) == (door, expected)


@settings(max_examples=12, deadline=None)
@given(data=strategies.data())
@pytest.mark.parametrize("name", KINDS)
def test_what_is_dropped_reaches_the_learner_as_the_same_value(
    name: str, dropped: Dropped, data: Any
) -> None:
    """Cells that a column takes are put into a drop of their own; the dataset's values, encoded,
    are those of the request."""
    cell = dropped.cell(name)
    texts = data.draw(strategies.lists(strategies.sampled_from(_OF_KIND[name]), min_size=1))
    good = []
    for text in texts:
        try:
            cell.read(text)
        except Misread:
            continue
        good.append(text)
    if not good:
        return
    rows = [row(i) for i in range(ROWS)]
    for at, text in enumerate(good):
        rows[at % ROWS][name] = text
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "visits.csv"
        file.write_text(as_csv(rows), "utf-8")
        out = Path(folder) / "dataset"
        out.mkdir()
        report = validate(file, name=file.name, spec=Spec(), salt="s/visits", out=out)
        assert report.verdict == "accepted", report.reason
        stored: list[Any] = []
        for side in ("train", "holdout"):
            for batch in batches(out / side, [name]):
                alone = Encoder(f for f in dropped.encoder.features if f.name == name)
                encoded = alone.encode(batch)
                stored += [
                    *map(tuple, encoded.numeric.tolist()),
                    *(tuple(codes) for codes in encoded.categorical.tolist() if codes),
                ]
    sent = {"instances": [{k: v for k, v in r.items() if k != "label"} for r in rows]}
    read = requests.read(json.dumps(sent).encode(), requests.JSON, dropped.signature)
    alone = Encoder(f for f in dropped.encoder.features if f.name == name)
    served = alone.encode({name: read.columns[name]})
    expected = [
        *map(tuple, served.numeric.tolist()),
        *(tuple(codes) for codes in served.categorical.tolist() if codes),
    ]
    assert sorted(map(_key, stored)) == sorted(map(_key, expected))


def _key(values: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(math.inf if math.isnan(value) else value for value in values)


def test_the_kinds_of_cells_are_those_that_are_meant(dropped: Dropped) -> None:
    found = {name: dropped.column(name).type for name in KINDS}
    assert found == {
        "town": "category",
        "size": "integer",
        "paid": "number",
        "open": "boolean",
        "day": "date",
        "when": "timestamp",
        "span": "number",
    }
    assert dropped.column("town").allowed == ("Rom", "Köln", "Oslo") or set(
        dropped.column("town").allowed or ()
    ) == {"Rom", "Köln", "Oslo"}


def test_unseen_and_far_off_values_are_answered_and_said(dropped: Dropped) -> None:
    from learners.table.oddities import Oddities

    oddities = Oddities(dropped.encoder, dropped.signature)
    rows = [{k: v for k, v in row(1).items() if k != "label"} for _ in range(3)]
    rows[1] |= {"town": "Atlantis", "size": "1000"}
    rows[2] |= {"day": "13/01/1950"}
    body = json.dumps({"instances": rows}).encode()
    read = requests.read(body, requests.JSON, dropped.signature)
    warnings, count = oddities.of(dropped.encoder.encode(read.columns), read.columns)
    assert count == 3
    assert [(w.row, w.column) for w in warnings] == [(1, "town"), (1, "size"), (2, "day")]
    assert '"Atlantis" was in no row of the training data' in warnings[0].detail
    assert "reaches from 1 to 59" in warnings[1].detail
    assert np.isfinite(dropped.encoder.encode(read.columns).categorical).all()
