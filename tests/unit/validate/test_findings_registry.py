"""To add a finding: one function and its name in a row; shift needs no rows at all."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from drops import Judge

from sluice.contracts.dataset import Finding
from sluice.validation.findings import registry
from sluice.validation.findings.facts import DescribedRows
from sluice.validation.wording import shown

FOLDER = Path(registry.__file__).parent
ROWS = (registry.OF_STORED, registry.OF_MEASURED, registry.OF_DESCRIBED, registry.OF_ASSOCIATED)
CSV = "n,colour,label\n" + "".join(f"{i},{'rg'[i % 2]},{'ab'[i % 3 > 0]}\n" for i in range(60))


def test_a_finding_is_a_function_and_its_name_in_a_row(
    judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    def short_names(rows: DescribedRows) -> Iterator[Finding]:
        for _, column, _ in rows.features:
            if len(column.name) == 1:
                yield Finding(
                    severity="note",
                    code="short-name",
                    message=f"Column {shown(column.name)} has a name of one letter.",
                    column=column.name,
                )

    monkeypatch.setattr(registry, "OF_DESCRIBED", (*registry.OF_DESCRIBED, short_names))

    report = judge(CSV)

    assert [f.column for f in report.findings if f.code == "short-name"] == ["n"]


def test_every_function_that_gives_findings_of_rows_is_in_a_row() -> None:
    named = {kind.__name__ for row in ROWS for kind in row}
    asked = {"mixed_goal"}  # by the engine itself: of a target that may yet be refused
    found = {
        node.name
        for path in FOLDER.glob("*.py")
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and [argument.arg for argument in node.args.args] == ["rows"]
        and node.returns is not None
        and "Finding" in ast.unparse(node.returns)
    }

    assert found - asked == named


def test_how_far_values_moved_is_told_without_rows_scanner_or_database() -> None:
    program = """
import sys
for name in ("duckdb", "sluice.validation.scanner", "sluice.validation.rows",
             "sluice.validation.formats"):
    sys.modules[name] = None
import json
from sluice.validation.profile.shift import Shift, bins_of, shift_of_values
old = {"type": "category", "present": 100, "top": [{"value": "a", "count": 90},
                                                    {"value": "b", "count": 10}]}
same = shift_of_values(old, "category", [("a", 900), ("b", 100)])
moved = shift_of_values(old, "category", [("a", 100), ("b", 900)])
number = {"type": "integer", "present": 40, "distinct": 4,
          "histogram": {"edges": [0, 1, 2], "counts": [20, 20]}}
edges, counts = bins_of(number, "number")
far = Shift(old=tuple(counts), new=(400, 0))
print(json.dumps([same.has_moved, moved.has_moved, moved.most_moved()[0], edges, far.has_moved]))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [False, True, "a", [0, 1, 2], True]
