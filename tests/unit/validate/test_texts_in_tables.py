"""A table whose only feature is a text is for a learner of texts; one that has others is not."""

from __future__ import annotations

import pytest
from drops import Judge, codes

REVIEW = "The plot of number {i} was thin, but the cast carried it."


def reviews(text: str = REVIEW, more: str = "", header: str = "") -> str:
    rows = (f'r{i},"{text.format(i=i)}",{"ab"[i % 2]}{more.format(i=i)}' for i in range(60))
    return "\n".join([f"id,review,label{header}", *rows]) + "\n"


def test_one_long_text_and_a_class_are_the_task_text(judge: Judge) -> None:
    report = judge(reviews())

    assert (report.verdict, report.task) == ("accepted", "text"), report.reason
    assert "'review'" in report.task_reason
    assert "1 feature" in report.reason
    assert codes(report) == {"target-by-name", "near-identifier"}
    assert report.profile["columns"]["review"]["words"]["min"] == 12


def test_other_features_make_it_a_table(judge: Judge) -> None:
    report = judge(reviews(more=",{i}", header=",price"))

    assert report.task == "classification"
    assert "free-text" in codes(report)
    assert "length" not in report.profile["columns"]["review"]


def test_stated_task_reads_the_text_alone(judge: Judge) -> None:
    report = judge(reviews(more=",{i}", header=",price"), task="text", target="label")

    assert (report.verdict, report.task) == ("accepted", "text"), report.reason
    assert {f.column for f in report.findings if f.code == "not-read"} == {"price"}
    assert "1 feature" in report.reason


def test_short_names_are_no_text_to_read(judge: Judge) -> None:
    report = judge(reviews("Ann Lee{i}"))

    assert report.verdict == "rejected"
    assert "'review' (text)" in report.reason
    assert "`task: text`" in report.reason
    assert judge(reviews("Ann Lee{i}"), task="text").verdict == "accepted"


def test_a_quantity_is_not_told_from_texts(judge: Judge) -> None:
    rows = "".join(f"{REVIEW.format(i=i)!r},{i * 1.5}\n" for i in range(60))

    report = judge(f"review,price\n{rows}", read={"quote": "'"})

    assert report.verdict == "rejected"
    assert "no column a model can look at" in report.reason


@pytest.mark.parametrize(("task", "what"), [("text", "free text"), ("image", "images")])
def test_a_task_that_the_data_is_not_for_is_refused(task: str, what: str, judge: Judge) -> None:
    rows = "".join(f"{i},{i * 2},{'ab'[i % 2]}\n" for i in range(60))

    report = judge(f"width,height,label\n{rows}", task=task)

    assert report.verdict == "rejected"
    assert f"the task {task}" in report.reason
    assert f"holds {what}" in report.reason
    assert "`task: auto`" in report.reason
