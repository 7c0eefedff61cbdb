"""One word a stage in every house, the same file names in every stage, and AWS in one place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from sluice.contracts.names import KEEPERS, STAGES

HOUSE = Path(__file__).parents[3]
RUN = [word for word in (*STAGES, *KEEPERS) if word != "drop"]
"""Those with a function: nothing runs at drop."""

TABLES = {"functions/record/ledger.py", "functions/reconcile/ledger.py"}
"""They write or read one table in DynamoDB's own conditions."""


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_a_stage_has_one_word_everywhere() -> None:
    functions = {p.parent.name for p in HOUSE.glob("functions/*/handler.py")}
    constructs = {p.stem for p in HOUSE.glob("infra/stages/*.py")} - {"__init__"}
    pages = {p.stem.partition("-")[2] for p in HOUSE.glob("docs/architecture/*.md")} - {"overview"}

    assert functions == set(RUN)
    assert constructs == {*STAGES, *KEEPERS}
    assert pages == set(STAGES)


@pytest.mark.parametrize("word", RUN)
def test_every_stage_has_a_handler_and_a_step(word: str) -> None:
    folder = HOUSE / "functions" / word

    assert (folder / "step.py").is_file()
    assert len((folder / "handler.py").read_text().splitlines()) < 60
    assert f"class {word.capitalize()}Step:" in (folder / "step.py").read_text()


def test_only_the_port_and_two_tables_know_boto3() -> None:
    found = {
        str(path.relative_to(HOUSE))
        for path in HOUSE.glob("functions/**/*.py")
        if any(name.partition(".")[0] in ("boto3", "botocore") for name in imported(path))
        and path.parent.name != "shared"
    }

    assert found == TABLES


@pytest.mark.parametrize("name", ["decide.py", "requests.py", "verdict.py"])
def test_what_decides_reaches_nothing(name: str) -> None:
    doers = ("functions.shared.aws", "functions.shared.objects", "functions.shared.models")
    found = [
        (str(path.relative_to(HOUSE)), module)
        for path in HOUSE.glob(f"functions/*/{name}")
        for module in imported(path)
        if module.startswith(doers) or module in ("os", "time", "socket", "boto3", "botocore")
    ]

    assert found == []
