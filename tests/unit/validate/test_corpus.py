"""Every file of the bad-file corpus is read right or refused with the right sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pytest

from sluice.contracts.dataset import Report
from sluice.validation.report.page import render_html
from tests.corpus.validate.corpus import HOME, Entry, entries
from tests.corpus.validate.judging import TooDearError, complaints, judge, judge_apart
from tests.corpus.validate.make import LARGE, PACKED

ENTRIES = entries()
FOREIGN = {"base", "embed", "form", "iframe", "img", "input", "link", "object", "script"}
"""Elements that no page of ours has; markup in the data would bring them."""


@dataclass(frozen=True)
class Judged:
    report: Report
    out: Path


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Entry], Judged]:
    """Judge each file once for all tests; what make.py wrote of it is deleted again."""
    done: dict[str, Judged | TooDearError] = {}

    def once(entry: Entry) -> Judged:
        if entry.name not in done:
            done[entry.name] = _judged(entry, tmp_path_factory.mktemp("file"))
        found = done[entry.name]
        if isinstance(found, TooDearError):
            pytest.fail(str(found))
        return found

    return once


def _judged(entry: Entry, folder: Path) -> Judged | TooDearError:
    path, out = entry.path(folder), folder / "out"
    try:
        if entry.seconds is None:
            return Judged(judge(path, entry.sluice, out), out)
        return Judged(judge_apart(path, entry.sluice, out, entry.seconds), out)
    except TooDearError as error:
        return error
    finally:
        if entry.is_made:
            path.unlink()


def test_every_file_has_its_entry_and_every_entry_its_file() -> None:
    files = {path.name for path in (HOME / "files").iterdir()}

    made = LARGE.keys() | PACKED.keys()

    assert sorted(files | made) == sorted(entry.name for entry in ENTRIES)
    assert not files & made
    assert len(made) == len(LARGE) + len(PACKED)


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(
            entry,
            id=entry.name,
            marks=[
                pytest.mark.xfail(
                    reason=entry.known, raises=(AssertionError, pytest.fail.Exception)
                )
            ]
            if entry.known
            else [],
        )
        for entry in ENTRIES
    ],
)
def test_file_is_read_right_or_what_is_wrong_is_said(
    entry: Entry, judged: Callable[[Entry], Judged]
) -> None:
    found = judged(entry)

    assert complaints(entry, found.report, found.out) == []


@pytest.mark.parametrize("entry", [e for e in ENTRIES if e.seconds is None], ids=lambda e: e.name)
def test_page_and_json_are_whole_and_hold_data_as_data(
    entry: Entry, judged: Callable[[Entry], Judged]
) -> None:
    report = judged(entry).report

    page = _Page()
    page.feed(render_html(report))
    page.close()
    assert page.open == []
    assert page.strange == []
    assert json.loads(report.model_dump_json(), parse_constant=pytest.fail)["source"] == entry.name


class _Page(HTMLParser):
    """Follows a page's elements: all must be closed in order, and none may run or fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.strange: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in FOREIGN:
            self.strange.append(tag)
        self.strange += [name for name, _ in attrs if name.startswith("on") or name == "src"]
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag != "meta":
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.strange.append(f"/{tag}")
