"""The table of tasks is the only place that states what a task or a metric is called."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from sluice.contracts import tasks
from sluice.contracts.spec import Policy
from sluice.contracts.spec_file import parse_spec

HOUSE = Path(__file__).parents[3]
PRODUCT = ("sluice", "functions", "infra", "learners", "training", "serving", "localcloud")
ALSO_COLUMN_TYPES = {"text", "image"}
"""These words are types of columns too: only where they are said of a task are they the task's."""
WORDS = ({*tasks.TASKS} | {*tasks.METRICS}) - ALSO_COLUMN_TYPES


def restated(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value in WORDS:
            yield node.lineno, node.value
        elif isinstance(node, ast.keyword) and node.arg == "task":
            yield from of_a_task(node.value)
        elif isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if any(is_a_task(side) for side in sides):
                for side in sides:
                    yield from of_a_task(side)


def is_a_task(node: ast.expr) -> bool:
    return (isinstance(node, ast.Name) and node.id == "task") or (
        isinstance(node, ast.Attribute) and node.attr == "task"
    )


def of_a_task(node: ast.expr) -> Iterator[tuple[int, str]]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and part.value in ALSO_COLUMN_TYPES:
            yield part.lineno, part.value


def test_no_product_file_restates_a_task_or_a_metric() -> None:
    found = [
        f"{path.relative_to(HOUSE)}:{line} {word!r}"
        for folder in PRODUCT
        for path in sorted((HOUSE / folder).rglob("*.py"))
        if path != HOUSE / "sluice/contracts/tasks.py"
        for line, word in restated(ast.parse(path.read_text("utf-8")))
    ]

    assert found == []


def test_the_walk_sees_what_it_looks_for() -> None:
    seen = restated(ast.parse('f(task="text")\nif schema.task in ("image", x): y = "roc_auc"'))

    assert sorted(seen) == [(1, "text"), (2, "image"), (2, "roc_auc")]


@pytest.mark.parametrize("task", tasks.TASKS.values(), ids=lambda task: task.name)
def test_a_row_states_what_its_learner_needs_stated(task: tasks.Task) -> None:
    assert task.purpose
    assert all(metric.target in task.targets for metric in task.metrics)
    if task.learner:
        assert (HOUSE / "learners" / task.learner).is_dir()
        assert task.metrics
        assert task.baseline
        assert task.answer
        assert "signature.json" in task.model_files


def test_every_folder_of_learners_learns_some_task() -> None:
    folders = {p.name for p in (HOUSE / "learners").iterdir() if (p / "learn.py").is_file()}

    assert folders == {task.learner for task in tasks.TASKS.values() if task.learner}


@pytest.mark.parametrize("word", ["f1", "auto", ""])
def test_an_unknown_word_is_refused_with_those_that_there_are(word: str) -> None:
    with pytest.raises(ValueError, match="'roc_auc', 'balanced_accuracy' or 'r2'"):
        tasks.known_metric(word)


def test_sluice_yaml_takes_every_task() -> None:
    for name in (tasks.AUTO, *tasks.TASKS):
        assert parse_spec(f"task: {name}", Policy()).task == name
