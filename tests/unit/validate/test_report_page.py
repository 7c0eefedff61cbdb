"""The page says the verdict first, escapes what the data brings, and needs nothing else."""

from __future__ import annotations

import re

from drops import Judge, table
from packing import pictures, tarred, texts, zipped

from sluice.contracts.dataset import Report
from sluice.validation.report.page import render_html


def test_names_and_values_are_escaped(judge: Judge) -> None:
    evil = "<script>alert(1)</script>"
    text = table().replace("colour", evil).replace("red", '<img src=x onerror="alert(1)">')

    page = render_html(judge(text, f"{evil}.csv"))

    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page


def test_accepted_page_shows_verdict_warnings_and_every_column(judge: Judge) -> None:
    report = judge(table().replace("label", "kind", 1))

    page = render_html(report)

    assert page.index(">Accepted<") < page.index("the last one, &#39;kind&#39;, is taken")
    for column in report.columns:
        assert f"<h3><bdi>{column.name}</bdi></h3>" in page
    assert page.count("<svg") == 2
    assert "prefers-color-scheme: dark" in page
    assert 'name="viewport"' in page


def test_rejected_page_shows_reason_and_remedy_once(judge: Judge) -> None:
    report = judge("a,b\n1,2\n")

    page = render_html(report)

    assert ">Rejected<" in page
    assert page.count(report.findings[0].message) == 1
    assert page.count(report.findings[0].remedy) == 1


def test_page_stands_alone(judge: Judge) -> None:
    page = render_html(judge(table()))

    assert not re.search(r"""(src|href)=|url\(|@import|<script|<link""", page)
    assert "default-src 'none'" in page


def test_page_is_made_of_the_report_alone(judge: Judge) -> None:
    report = judge(table())

    again = Report.model_validate_json(report.model_dump_json())

    assert render_html(again) == render_html(report)


def test_pages_of_texts_and_images_show_what_they_are_made_of(judge: Judge) -> None:
    of_texts = render_html(judge(tarred(texts(), "w:gz"), "reviews.tar.gz"))
    of_images = render_html(judge(zipped(pictures()), "pets.zip"))

    assert 'aria-label="Histogram of text"' in of_texts
    assert "characters</span>" in of_texts
    assert "median words <b>" in of_texts
    assert "a TAR archive of 40 texts in class folders, UTF-8, gzip-compressed" in of_texts
    assert "<bdi>8 x 6</bdi>" in of_images
    assert "formats <b>PNG</b>" in of_images
    assert "a ZIP archive of 40 images in class folders" in of_images
