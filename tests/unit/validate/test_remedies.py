"""Every remedy that validate prints makes progress when it is followed to the letter.

A remedy's changes are the lines in its backquotes. Each is applied as it stands, alone, and the
drop is judged anew: it must be accepted, or refused for something that was not said before on this
way. What only a person can do is the closed list `BY_HAND`.
"""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from sluice.contracts.dataset import Change, Finding, Report
from sluice.contracts.errors import Refusal
from sluice.contracts.spec import Policy
from sluice.contracts.spec_file import parse_spec
from sluice.validation.engine import validate
from sluice.validation.refusals import refusal_report
from tests.corpus.validate.corpus import entries

_MORE = "more rows, files or columns: nobody but their owner has them"
_ANEW = "the file is damaged, cut off or no table: it has to be exported, copied or packed anew"
_MEANT = "what a value, a name or a row is meant to be only its owner knows"
_STATED = "what was stated is wrong, and only who stated it knows what was meant"
_SMALLER = "it is more than is taken: what can be spared only its owner knows"

BY_HAND = {
    "too-few-rows": _MORE,
    "header-only": _MORE,
    "empty-file": _MORE,
    "empty-archive": _MORE,
    "empty-folder": _MORE,
    "one-column": _MORE,
    "one-class": _MORE,
    "no-feature": _MORE,
    "one-sided-split": _MORE,
    "one-class-in-train": _MORE,
    "class-only-in-holdout": _MORE,
    "single-row-class": _MORE,
    "missing-target": _MEANT,
    "constant-target": _MORE,
    "unfit-target": _MEANT,
    "too-many-classes": _MEANT,
    "truncated-archive": _ANEW,
    "truncated-parquet": _ANEW,
    "damaged-file": _ANEW,
    "damaged-image": _ANEW,
    "not-an-image": _ANEW,
    "not-csv": _ANEW,
    "not-json": _ANEW,
    "not-jsonl": _ANEW,
    "not-parquet": _ANEW,
    "not-text": _ANEW,
    "not-xlsx": _ANEW,
    "not-zip": _ANEW,
    "not-tar": _ANEW,
    "not-gzip": _ANEW,
    "not-zstd": _ANEW,
    "nul-byte": _ANEW,
    "lone-carriage-return": _ANEW,
    "unclosed-quote": _MEANT,
    "swallowed-rows": _MEANT,
    "line-too-long": _MEANT,
    "bad-record": _MEANT,
    "encrypted": _ANEW,
    "unknown-compression": _ANEW,
    "unknown-extension": _ANEW,
    "compressed-xlsx": _ANEW,
    "compressed-parquet": _ANEW,
    "compressed-zip": _ANEW,
    "needs-dictionary": _ANEW,
    "window-too-large": _ANEW,
    "decompression-bomb": _ANEW,
    "bad-member-name": _ANEW,
    "unsafe-member": _ANEW,
    "duplicate-member": _ANEW,
    "no-plain-file": _ANEW,
    "nested-archive": _ANEW,
    "too-deep": _ANEW,
    "outside-class": _MEANT,
    "mixed-kinds": _MEANT,
    "unknown-image": _ANEW,
    "several-tables": _MEANT,
    "image-too-large": _SMALLER,
    "too-many-pixels": _SMALLER,
    "too-large": _SMALLER,
    "too-many-columns": _SMALLER,
    "too-many-members": _SMALLER,
    "text-too-long": _SMALLER,
    "member-too-large": _SMALLER,
    "empty-member": _MEANT,
    "nested-column": _MEANT,
    "parts-disagree": _MEANT,
    "rows-differ": _ANEW,
    "duplicate-column-name": _MEANT,
    "empty-column-name": _MEANT,
    "bad-column-name": _MEANT,
    "ragged-row": _MEANT,
    "bad-cell": _MEANT,
    "target-with-unit": _MEANT,
    "formula-without-value": _ANEW,
    "archived-table": _MEANT,
    "mixed-target": _MEANT,
    "repeated-header": _MEANT,
    "merged-cells": _MEANT,
    "beside-the-table": _MEANT,
    "footer": _MEANT,
    "outside-schema": _STATED,
    "stated-type": _STATED,
    "stated-range": _STATED,
    "unknown-column": _STATED,
    "bad-encoding": _MEANT,
}
"""Codes of refusals that may have no change, and why."""

DEEPEST = 12
"""Changes one after another; no way to a good drop is longer."""


@dataclass(frozen=True, kw_only=True)
class State:
    """A drop on its way."""

    path: Path
    sluice: dict[str, Any]

    def judged(self) -> Report:
        try:
            spec = parse_spec(yaml.safe_dump(self.sluice), Policy())
        except Refusal as refusal:
            return refusal_report(self.path.name, refusal)
        return validate(self.path, name=self.path.name, spec=spec, salt="corpus")

    def changed(self, change: Change, folder: Path) -> State:
        if change.settings is not None:
            return replace(self, sluice=_merged(self.sluice, change.settings))
        assert change.command is not None
        copied = folder / "after"
        shutil.copytree(self.path.parent, copied)
        before = set(copied.iterdir())
        subprocess.run(change.command, shell=True, cwd=copied, check=True)  # noqa: S602 - as told
        made = set(copied.iterdir()) - before
        return replace(self, path=made.pop() if made else copied / self.path.name)


def _merged(stated: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    merged = copy.deepcopy(stated)
    for key, value in more.items():
        inner = merged.get(key)
        both = isinstance(inner, dict) and isinstance(value, dict)
        merged[key] = _merged(inner, value) if both and inner is not None else value
    return merged


def _said(finding: Finding) -> tuple[str, str, str]:
    """What was refused and is a note now has moved on."""
    return finding.severity, finding.code, finding.message


def _refusal(report: Report) -> Finding | None:
    return None if report.verdict == "accepted" else report.findings[0]


def circles(state: State, folder: Path) -> Iterator[str]:
    """What does not make progress, from this state on."""
    report = state.judged()
    refusal = _refusal(report)
    if refusal is None:
        # Each on its own: a warning's change may not break what was good.
        for finding in report.findings:
            for number, change in enumerate(finding.changes):
                where = folder / f"{finding.code}-{finding.column}-{number}"[:80].replace("/", "_")
                where.mkdir(exist_ok=True)
                yield from _followed(state, finding, change, where, ())
        return
    yield from _followed_all(state, refusal, folder, ((refusal.code, refusal.message),))


def _followed_all(
    state: State, refusal: Finding, folder: Path, seen: tuple[tuple[str, str], ...]
) -> Iterator[str]:
    if not refusal.changes and refusal.code not in BY_HAND:
        yield f"{refusal.code} has no change: {refusal.message} {refusal.remedy}"
    if len(seen) > DEEPEST:
        yield f"no end: {seen}"
        return
    for number, change in enumerate(refusal.changes):
        where = folder / f"{len(seen)}-{number}"
        where.mkdir(parents=True, exist_ok=True)
        yield from _followed(state, refusal, change, where, seen)


def _followed(
    state: State,
    finding: Finding,
    change: Change,
    folder: Path,
    seen: tuple[tuple[str, str], ...],
) -> Iterator[str]:
    after = state.changed(change, folder)
    report = after.judged()
    refusal = _refusal(report)
    if refusal is None:
        if any(_said(f) == _said(finding) for f in report.findings):
            yield f"{finding.code}: {change} changes nothing: {finding.message}"
        return
    said = (refusal.code, refusal.message)
    if said in seen:
        yield f"{finding.code}: {change} leads back to: {refusal.message} {refusal.remedy}"
        return
    yield from _followed_all(after, refusal, folder, (*seen, said))


ENTRIES = [entry for entry in entries() if entry.seconds is None and not entry.known]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_what_the_corpus_is_told_makes_progress(entry: Any, tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()
    made = entry.path(tmp_path / "file")
    path = tmp_path / "file" / entry.name
    if made != path:
        shutil.copy(made, path)
    state = State(path=path, sluice=yaml.safe_load(entry.sluice or "{}"))
    assert list(circles(state, tmp_path)) == []


def rows(header: str, make: Any, many: int = 60) -> str:
    return "\n".join([header, *(make(i) for i in range(many))]) + "\n"


def lines(make: Any, many: int = 60) -> str:
    return "".join(json.dumps(make(i)) + "\n" for i in range(many))


CASES: dict[str, tuple[str, str, str]] = {
    "money-target.csv": (rows("n,price", lambda i: f'{i % 31},"$1,{i * 7:03}"'), "", ""),
    "money-target-semicolons.csv": (rows("n;price", lambda i: f"{i % 31};$1,{i * 7:03}"), "", ""),
    "doubtful-dates.csv": (
        rows("n,when,label", lambda i: f"{i},0{1 + i % 9}/0{1 + i % 8}/2024,{'ab'[i % 2]}"),
        "",
        "",
    ),
    "doubtful-target.csv": (
        rows("n,when", lambda i: f"{i},0{1 + i % 9}/0{1 + i % 8}/2024"),
        "",
        "",
    ),
    "exponent-ids.csv": (
        rows("ref,n,label", lambda i: f"{('1E5', '10E4', '100E3')[i % 3]},{i},{'ab'[i % 2]}"),
        "",
        "",
    ),
    "quoted-numbers.jsonl": (
        lines(lambda i: {"n": str(i), "amount": f"{i * 1.5}", "label": "ab"[i % 2]}),
        "",
        "",
    ),
    "quoted-target.jsonl": (lines(lambda i: {"n": i, "label": f"{i * 1.25}"}), "", ""),
    "class-none.csv": (
        rows("a,b,illness", lambda i: f"{i * 0.7:.2f},{i % 7},{('None', 'Mild', 'Bad')[i % 3]}"),
        "",
        "",
    ),
    "words-as-target.csv": (
        rows("n,label", lambda i: f"{i},word{i}"),
        "task: regression",
        "regression, classification and back",
    ),
    "numbers-as-classes.csv": (
        rows("n,label", lambda i: f"{i},{i * 3}"),
        "task: classification",
        "",
    ),
    "dates-as-target.csv": (
        rows("n,m,at", lambda i: f"{i},{i % 4},2024-01-{1 + i % 28:02}"),
        "",
        "",
    ),
    "constant-target.csv": (rows("n,m,label", lambda i: f"{i},{i % 4},a"), "", ""),
    "one-missing-target.csv": (
        rows("n,m,label", lambda i: f"{i},{i % 4},{'' if i == 9 else 'ab'[i % 2]}"),
        "",
        "",
    ),
    "misspelt-target.csv": (rows("n,price", lambda i: f"{i},{i * 1.5}"), "target: prise", ""),
    "no-such-target.csv": (rows("n,price", lambda i: f"{i},{i * 1.5}"), "target: qqq", ""),
    "target-null.csv": (
        rows("n,price", lambda i: f"{i},{i * 1.5}"),
        "{task: regression, target: null}",
        "",
    ),
    "unsupervised-with-target.csv": (
        rows("n,price", lambda i: f"{i},{i * 1.5}"),
        "{task: unsupervised, target: price}",
        "",
    ),
    "no-episodes.csv": (rows("n,price", lambda i: f"{i},{i * 1.5}"), "task: reinforcement", ""),
    "no-texts.csv": (rows("n,label", lambda i: f"{i},{'ab'[i % 2]}"), "task: text", ""),
    "no-clock.csv": (rows("n,price", lambda i: f"{i},{i * 1.5}"), "task: forecasting", ""),
    "excluded-target.csv": (
        rows("n,label", lambda i: f"{i},{'ab'[i % 2]}"),
        "exclude: [label]",
        "",
    ),
    "misspelt-exclude.csv": (
        rows("height,label", lambda i: f"{i},{'ab'[i % 2]}"),
        "exclude: [heigth]",
        "",
    ),
    "a-few-bad-rows.csv": (
        rows("n,m,label", lambda i: f"{i},{i % 4},{'ab'[i % 2]}{',x' if i == 7 else ''}"),
        "",
        "",
    ),
    "spaces-between-thousands.csv": (
        rows("n;size;label", lambda i: f"{i};{1 + i % 9} {i * 7 % 1000:03};{'ab'[i % 2]}"),
        "",
        "",
    ),
    "commas-in-texts.jsonl": (
        lines(lambda i: {"n": i, "size": f"{i % 7},5", "label": "ab"[i % 2]}),
        "",
        "",
    ),
    "a-few-shares.csv": (
        rows("n,size,label", lambda i: f"{i},{'9%' if i % 11 == 3 else i % 8},{'ab'[i % 2]}"),
        "",
        "",
    ),
    "all-excluded.csv": (rows("n,label", lambda i: f"{i},{'ab'[i % 2]}"), "exclude: [n]", ""),
    "partly-labelled.csv": (
        rows("n,m,label", lambda i: f"{i},{i % 7},{'ab'[i % 2] if i % 3 else ''}"),
        "",
        "",
    ),
    "target-in-thousands.csv": (rows("n,price", lambda i: f"{i % 7},{100 + i}k"), "", ""),
    "leak.csv": (
        rows("n,pclass,class", lambda i: f"{i % 9},{i % 3},{('one', 'two', 'three')[i % 3]}"),
        "",
        "",
    ),
    "sentinel.csv": (
        rows("t,label", lambda i: f"{-999 if i % 9 == 0 else 36 + i % 10 / 2},{'ab'[i % 2]}"),
        "",
        "",
    ),
    "label-first.csv": (
        "\n".join(f"{i % 2},{i * 0.37:.3f},{i * 1.71:.3f}" for i in range(60)) + "\n",
        "",
        "",
    ),
}
"""What goes in circles easily: content, sluice.yaml, and the circle that it was."""


@pytest.mark.parametrize("name", CASES)
def test_what_went_in_circles_makes_progress(name: str, tmp_path: Path) -> None:
    content, sluice, _ = CASES[name]
    (tmp_path / "file").mkdir()
    path = tmp_path / "file" / name
    path.write_text(content)
    state = State(path=path, sluice=yaml.safe_load(sluice or "{}"))
    assert list(circles(state, tmp_path)) == []


def test_the_list_of_what_only_a_person_can_do_gives_its_reasons() -> None:
    assert all(len(reason.split()) > 5 for reason in BY_HAND.values())
