"""Values that may mean something else than they say: nothing, a class, an operation, a label."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import yaml
from drops import Judge, codes

from sluice.contracts.dataset import Finding, Report

HEADER = "height,shoes,label\n"


def people(shoes: Callable[[int], object], height: Callable[[int], object] | None = None) -> str:
    """60 people."""
    height = height or (lambda i: 150 + i * 7 % 31 + 0.5)
    return HEADER + "".join(f"{height(i)},{shoes(i)},{'ab'[i % 2]}\n" for i in range(60))


def found(report: Report, code: str) -> list[Finding]:
    return [finding for finding in report.findings if finding.code == code]


@pytest.mark.parametrize("stands", ["-999", "9999", "-99.0", "99999"])
def test_a_number_far_outside_that_returns_may_mean_missing(stands: str, judge: Judge) -> None:
    report = judge(people(lambda i: stands if i % 9 == 4 else 36 + i % 11))

    (warning,) = found(report, "sentinel")
    assert warning.column == "shoes"
    assert f"{stands} stands there 7 times" in warning.message
    assert "(36 to 46)" in warning.message
    line = (warning.remedy or "").split("`")[1]
    again = judge(people(lambda i: stands if i % 9 == 4 else 36 + i % 11), **yaml.safe_load(line))
    shoes = next(column for column in again.columns if column.name == "shoes")
    assert (shoes.type, shoes.nullable) == ("integer", True)
    assert not found(again, "sentinel")


def test_two_of_them_are_told_and_stated_in_one_line(judge: Judge) -> None:
    report = judge(people(lambda i: {0: -99, 1: 999}.get(i % 6, 36 + i % 11)))

    low, high = found(report, "sentinel")
    assert low.remedy == high.remedy
    assert "'-99', '999'" in (low.remedy or "")
    assert "(36 to 46)" in low.message


@pytest.mark.parametrize(
    "shoes",
    [
        lambda i: 36 + i % 11,
        lambda i: 5000 if i == 7 else 36 + i % 11,
        lambda i: -1 if i % 9 == 4 else i % 11,
        lambda i: i % 2 * 1000,
        lambda i: i * i,
    ],
)
def test_other_numbers_mean_what_they_say(shoes: Callable[[int], object], judge: Judge) -> None:
    assert not found(judge(people(shoes)), "sentinel")


def staged(rows: str, *, height: object = 1.5) -> str:
    """A target of the classes None, Mild and Severe."""
    kinds = ("None", "Mild", "Severe")
    lines = [f"{i * 3 % 17},{height if i == 3 else i % 5},{kinds[i % 3]}\n" for i in range(60)]
    return f"a,b,{rows}\n" + "".join(lines)


def test_a_class_called_none_is_one_refusal_whose_line_makes_it_a_class(judge: Judge) -> None:
    report = judge(staged("stage"))

    assert codes(report, "refuse") == {"class-or-missing"}
    assert "20 of 60 rows" in report.reason
    assert "`read: {missing: []}`" in report.reason
    again = judge(staged("stage"), read={"missing": []})
    assert again.target is not None
    assert again.target.classes == ("Mild", "None", "Severe")


def test_the_line_keeps_the_spellings_that_other_columns_need(judge: Judge) -> None:
    report = judge(staged("stage", height="NA"))

    line = report.reason.split("`")[1]
    again = judge(staged("stage", height="NA"), **yaml.safe_load(line))
    assert again.target is not None
    assert "None" in again.target.classes
    assert next(c for c in again.columns if c.name == "b").nullable


def test_none_beside_blank_targets_is_missing(judge: Judge) -> None:
    report = judge(staged("stage").replace(",Mild", ",", 3))

    assert "class-or-missing" not in codes(report)


def changes(column: str, kinds: tuple[str, ...], key: Callable[[int], int]) -> str:
    lines = [f"{kinds[i % len(kinds)]},{key(i)},{i * 7 % 31},{'xy'[i % 2]}\n" for i in range(60)]
    return f"{column},id,n,label\n" + "".join(lines)


@pytest.mark.parametrize(
    ("column", "kinds"),
    [
        ("Op", ("I", "U", "D")),
        ("__op", ("c", "u", "d", "r")),
        ("_change_type", ("insert", "update_postimage", "delete")),
        ("operation", ("INSERT", "UPDATE")),
    ],
)
def test_a_log_of_changes_is_no_table(column: str, kinds: tuple[str, ...], judge: Judge) -> None:
    report = judge(changes(column, kinds, lambda i: i % 23))

    (warning,) = found(report, "change-log")
    assert warning.column == column
    assert "23 values of 'id' return in 60 rows" in warning.message


@pytest.mark.parametrize(
    ("column", "kinds", "key"),
    [
        ("Op", ("I", "U", "D"), lambda i: i),
        ("Op", ("knee", "hip"), lambda i: i % 23),
        ("direction", ("U", "D"), lambda i: i % 23),
        ("op", ("I",), lambda i: i % 23),
    ],
)
def test_other_columns_are_no_log(
    column: str, kinds: tuple[str, ...], key: Callable[[int], int], judge: Judge
) -> None:
    assert not found(judge(changes(column, kinds, key)), "change-log")


def numbers(label_first: bool) -> str:
    """No header; a label of two values, and quantities."""
    cells = [(i % 2, i * 7 % 31 + 0.25, i * 11 % 47 + 0.5) for i in range(60)]
    return "".join(",".join(map(str, row if label_first else row[::-1])) + "\n" for row in cells)


def test_without_a_header_the_first_column_may_be_the_label(judge: Judge) -> None:
    report = judge(numbers(label_first=True))

    (warning,) = found(report, "label-first")
    assert "SageMaker" in warning.message
    assert "`target: c1`" in (warning.remedy or "")
    assert "`target: c3`" in (warning.remedy or "")


def test_a_label_that_is_last_or_stated_is_not_doubted(judge: Judge) -> None:
    assert not found(judge(numbers(label_first=False)), "label-first")
    assert not found(judge(numbers(label_first=True), target="c1"), "label-first")
    assert not found(judge(numbers(label_first=True), target="c3"), "label-first")
    assert not found(judge("a,b,c\n" + numbers(label_first=True)), "label-first")
