"""Small tables, and the folders in which the containers find them."""

from __future__ import annotations

import json
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sluice.contracts.dataset import Column, Schema, Target
from sluice.contracts.training import Hyperparameters

VERSION = "abcdefghijkl-01"


def flowers(rows: int = 150, *, seed: int = 0, missing: float = 0.0) -> pa.Table:
    """Three kinds that differ in their numbers; some columns of every type beside."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 3, rows)
    petal = kind * 2.0 + rng.normal(0, 0.35, rows)
    holes = rng.random(rows) < missing
    return pa.table(
        {
            "petal": pa.array(petal, mask=holes),
            "leaves": kind + rng.integers(0, 4, rows),
            "wild": rng.random(rows) < 0.5,
            "soil": np.array(["clay", "loam", "sand"])[(kind + rng.integers(0, 2, rows)) % 3],
            "seen": [date(2026, 1, 1) + timedelta(days=int(d)) for d in rng.integers(0, 300, rows)],
            "species": np.array(["setosa", "versicolor", "virginica"])[kind],
        }
    )


def houses(rows: int = 400, *, seed: int = 0) -> pa.Table:
    """A price that follows from area and quarter."""
    rng = np.random.default_rng(seed)
    area = rng.uniform(20, 200, rows)
    quarter = rng.integers(0, 4, rows)
    price = 50_000 + 3_000 * area + 40_000 * quarter + rng.normal(0, 5_000, rows)
    return pa.table(
        {"area": area, "quarter": np.array(["N", "E", "S", "W"])[quarter], "price": price}
    )


def schema_of(table: pa.Table, target: str, task: str, **changes: Any) -> Schema:
    """What validate would say of the table, as far as learning is concerned."""
    columns = tuple(
        Column(name=field.name, type=_type(field.type), nullable=table[field.name].null_count > 0)
        for field in table.schema
    )
    values = [value for value in table[target].to_pylist() if value is not None]
    classes = tuple(sorted(set(values))) if task == "classification" else None
    baseline = max(classes, key=values.count) if classes else float(np.mean(values))
    goal = Target(name=target, classes=classes, baseline=baseline)
    return Schema(columns=columns, target=goal, task=task).model_copy(update=changes)


def _type(kind: Any) -> Any:
    for of, name in (
        (pa.types.is_boolean, "boolean"),
        (pa.types.is_integer, "integer"),
        (pa.types.is_floating, "number"),
        (pa.types.is_date, "date"),
        (pa.types.is_timestamp, "timestamp"),
    ):
        if of(kind):
            return name
    return "category"


def write_job(root: Path, table: pa.Table, schema: Schema, **hyperparameters: Any) -> Path:
    """A training container's /opt/ml below `root`."""
    data = root / "input/data"
    for name in ("train", "schema", "profile"):
        (data / name).mkdir(parents=True)
    pq.write_table(table, data / "train/part-0.parquet")
    (data / "schema/schema.json").write_text(schema.model_dump_json())
    (data / "profile/profile.json").write_text('{"columns": {}}')
    settings = Hyperparameters(
        **{"model": "flowers", "version": VERSION, "task": schema.task} | hyperparameters
    )
    (root / "input/config").mkdir(parents=True)
    (root / "input/config/hyperparameters.json").write_text(json.dumps(settings.as_strings()))
    return root


def write_evaluation(
    root: Path, holdout: pa.Table, schema: Schema, candidate: Path, champion: Path | None = None
) -> Path:
    """An evaluation container's /opt/ml below `root`."""
    folder = root / "processing/input"
    for name in ("holdout", "schema"):
        (folder / name).mkdir(parents=True)
    pq.write_table(holdout, folder / "holdout/part-0.parquet")
    (folder / "schema/schema.json").write_text(schema.model_dump_json())
    shutil.copytree(candidate, folder / "candidate")
    if champion:
        shutil.copytree(champion, folder / "champion")
    return root


def add_champions_holdout(root: Path, holdout: pa.Table, schema: Schema) -> None:
    """What the champion's own dataset held out, in an evaluation container's /opt/ml."""
    folder = root / "processing/input"
    for name in ("champion-holdout", "champion-schema"):
        (folder / name).mkdir()
    pq.write_table(holdout, folder / "champion-holdout/part-0.parquet")
    (folder / "champion-schema/schema.json").write_text(schema.model_dump_json())
