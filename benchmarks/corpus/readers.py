"""A peer reads files of the corpus: `python -m benchmarks.corpus.readers TOOL`.

Tasks come in on standard input, one JSON object a line: `path`, `truth` as in expected.yaml (or
null), and `read`, what sluice.yaml states of the file. Answers go out, one a line: what became of
it, and why. Standard library and the one peer only: it runs in that peer's own environment.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.corpus.validate.facts import faults

Read = dict[str, Any]
"""`read:` of sluice.yaml: encoding, delimiter, decimal, quote, missing, sheet."""
Table = tuple[int, list[str], Callable[[str], list[Any]]]
"""Rows, names, and all values of one column."""


class UnreadableError(Exception):
    """A format that the tool does not take."""


def _known(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _kind(path: Path) -> str:
    kinds = (".csv", ".jsonl", ".json", ".parquet", ".xlsx")
    found = next((kind for kind in kinds if kind in path.suffixes), None)
    if found is None:
        raise UnreadableError  # Archives of class folders: none of the peers takes them.
    return found


def _pandas(path: Path, read: Read) -> Any:
    import pandas as pd

    match _kind(path):
        case ".csv":
            return pd.read_csv(
                path,
                **_known(
                    {
                        "encoding": read.get("encoding"),
                        "sep": read.get("delimiter"),
                        "decimal": read.get("decimal"),
                        "quotechar": read.get("quote"),
                        "na_values": read.get("missing"),
                    }
                ),
            )
        case ".parquet":
            return pd.read_parquet(path)
        case ".xlsx":
            return pd.read_excel(path, **_known({"sheet_name": read.get("sheet")}))
        case kind:
            return pd.read_json(path, lines=kind == ".jsonl")


def pandas(path: Path, read: Read, truth: Any) -> Table:
    """`read_csv`, `read_json`, `read_parquet`, `read_excel`, defaults."""
    frame = _pandas(path, read)
    names = [str(name) for name in frame.columns]
    return len(frame), names, lambda name: frame.iloc[:, names.index(name)].tolist()


def pandera(path: Path, read: Read, truth: Any) -> Table:
    """What pandas reads, held against a schema of the true names and kinds."""
    import pandera.pandas as pa

    frame = _pandas(path, read)
    checks = {
        "integer": pa.Int64,
        "number": pa.Float64,
        "boolean": pa.Bool,
        "date": pa.Date,
        "timestamp": pa.Timestamp,
        "text": "str",
    }
    facts = (truth or {}).get("columns") or {
        "n": {"kind": "integer"},
        "colour": {"kind": "text"},
        "label": {"kind": "text"},
    }
    columns = {
        name: pa.Column(
            checks[fact["kind"]] if fact and "kind" in fact else None,
            nullable=bool(fact and fact.get("nulls")),
        )
        for name, fact in facts.items()
    }
    pa.DataFrameSchema(columns, strict=True, ordered=True).validate(frame)
    names = [str(name) for name in frame.columns]
    return len(frame), names, lambda name: frame.iloc[:, names.index(name)].tolist()


def polars(path: Path, read: Read, truth: Any) -> Table:
    """`read_csv`, `read_ndjson`, `read_json`, `read_parquet`, `read_excel`, defaults."""
    import polars as pl

    match _kind(path):
        case ".csv":
            options = {
                "encoding": read.get("encoding"),
                "separator": read.get("delimiter"),
                "decimal_comma": True if read.get("decimal") == "," else None,
                "quote_char": read.get("quote"),
                "null_values": read.get("missing"),
            }
            frame = pl.read_csv(path, **_known(options))
        case ".parquet":
            frame = pl.read_parquet(path)
        case ".xlsx":
            frame = pl.read_excel(path, **_known({"sheet_name": read.get("sheet")}))
        case ".jsonl":
            frame = pl.read_ndjson(path)
        case _:
            frame = pl.read_json(path)
    return frame.height, frame.columns, lambda name: frame[name].to_list()


def pyarrow(path: Path, read: Read, truth: Any) -> Table:
    """`csv.read_csv`, `json.read_json` or `parquet.read_table`, defaults."""
    match _kind(path):
        case ".csv":
            from pyarrow import csv as reader

            nulls = {"null_values": read["missing"]} if "missing" in read else {}
            table = reader.read_csv(
                path,
                reader.ReadOptions(**_known({"encoding": read.get("encoding")})),
                reader.ParseOptions(
                    **_known({"delimiter": read.get("delimiter"), "quote_char": read.get("quote")})
                ),
                reader.ConvertOptions(**_known({"decimal_point": read.get("decimal")}), **nulls),
            )
        case ".parquet":
            from pyarrow import parquet

            table = parquet.read_table(path)
        case ".jsonl":
            from pyarrow import json as reader_json

            table = reader_json.read_json(path)
        case _:
            raise UnreadableError
    names = table.column_names
    return len(table), names, lambda name: table.column(names.index(name)).to_pylist()


def duckdb(path: Path, read: Read, truth: Any) -> Table:
    """`read_csv` with its sniffer, `read_json` or `read_parquet`, defaults. Its extension for
    workbooks does not come from PyPI."""
    import duckdb as engine

    engine.execute("SET preserve_insertion_order = false")
    match _kind(path):
        case ".csv":
            options = {
                "encoding": read.get("encoding"),
                "delimiter": read.get("delimiter"),
                "decimal": read.get("decimal"),
                "quotechar": read.get("quote"),
                "na_values": read.get("missing"),
            }
            data = engine.read_csv(str(path), **_known(options))
        case ".parquet":
            data = engine.read_parquet(str(path))
        case ".xlsx":
            raise UnreadableError
        case _:
            data = engine.read_json(str(path))
    names = data.columns

    def column(name: str) -> list[Any]:
        quoted = '"' + name.replace('"', '""') + '"'
        return [row[0] for row in data.project(quoted).fetchall()]

    if _only_counted(truth):
        return data.aggregate("count(*)").fetchall()[0][0], names, column
    rows = data.fetchall()
    return len(rows), names, lambda name: [row[names.index(name)] for row in rows]


def csv_module(path: Path, read: Read, truth: Any) -> Table:
    """`csv.reader`, the first record as names; a short row lacks its last values."""
    if _kind(path) != ".csv" or path.suffix == ".zst":
        raise UnreadableError
    opener: Any = gzip.open if path.suffix == ".gz" else open
    options = {"delimiter": read.get("delimiter"), "quotechar": read.get("quote")}
    with opener(path, "rt", encoding=read.get("encoding", "utf-8"), newline="") as file:
        rows = list(csv.reader(file, **_known(options)))
    names, *rows = rows or [[]]
    return (
        len(rows),
        names,
        lambda name: [dict(zip(names, row, strict=False)).get(name) for row in rows],
    )


def frictionless(path: Path, read: Read, truth: Any) -> Table:
    """Its own validation first: an invalid report is a refusal."""
    import frictionless as fl
    from frictionless.formats import CsvControl, ExcelControl
    from frictionless.resources import TableResource

    if path.suffix == ".zst":
        raise UnreadableError
    kind = _kind(path)

    control = CsvControl(
        **_known({"delimiter": read.get("delimiter"), "quote_char": read.get("quote")})
    )
    options: dict[str, Any] = {"path": str(path)}
    if kind == ".csv" and (read.get("delimiter") or read.get("quote")):
        options["dialect"] = fl.Dialect(controls=[control])
    if read.get("sheet"):
        options["dialect"] = fl.Dialect(controls=[ExcelControl(sheet=read["sheet"])])
    if read.get("encoding"):
        options["encoding"] = read["encoding"]
    fl.system.trusted = True
    report = TableResource(**options).validate()
    if not report.valid:
        raise ValueError(str(report.flatten(["message"])[:1] or report.errors))
    with TableResource(**options) as resource:
        rows = [row.to_dict() for row in resource.row_stream]
        names = resource.header.labels if resource.header else []
    return len(rows), names, lambda name: [row.get(name) for row in rows]


def _only_counted(truth: Any) -> bool:
    """Whether rows need not be fetched: hundreds of millions say nothing about a parser."""
    return bool(truth) and not any((truth.get("columns") or {}).values())


READERS: dict[str, Callable[[Path, Read, Any], Table]] = {
    "pandas": pandas,
    "polars": polars,
    "pyarrow": pyarrow,
    "duckdb": duckdb,
    "csv": csv_module,
    "pandera": pandera,
    "frictionless": frictionless,
}


def outcome(tool: str, path: Path, read: Read, truth: Any) -> tuple[str, str]:
    """`right`, `refused`, `warned`, `wrong` or `none` (a format that the tool does not take)."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            rows, names, column = READERS[tool](path, read, truth)
            if truth is None:
                found = [f"{rows} rows were read"]
            else:
                found = faults(truth, rows=rows, names=names, column=column)
        except UnreadableError:
            return "none", ""
        except MemoryError:
            raise
        except Exception as error:
            return "refused", f"{type(error).__name__}: {error}"
    told = [str(w.message) for w in said if not issubclass(w.category, DeprecationWarning)]
    if not found:
        return "right", ""
    return ("warned" if told else "wrong"), "; ".join([*found, *told])


def serve(answer: Callable[[dict[str, Any]], tuple[str, str]]) -> None:
    """Answer tasks until there are no more; what a tool itself prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        what, why = answer(json.loads(line))
        print(json.dumps([what, why[:300]]), file=answers, flush=True)


if __name__ == "__main__":
    serve(lambda task: outcome(sys.argv[1], Path(task["path"]), task["read"], task["truth"]))
