"""One file of the corpus, judged by Sluice, and what is wrong with what it says.

`python -m tests.corpus.validate.judging FILE SPEC OUT` prints the report and the peak memory of a
process that did nothing else.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import duckdb

from sluice.contracts.dataset import Finding, Report
from sluice.contracts.spec import Policy
from sluice.contracts.spec_file import parse_spec
from sluice.validation.engine import validate
from tests.corpus.validate.corpus import Entry, Sentence
from tests.corpus.validate.facts import faults

MAX_PEAK_KB: Final = 300_000
"""Resident memory of a process that judges a large file."""

_TYPES: Final[dict[str, set[str]]] = {
    "integer": {"integer", "identifier"},
    "number": {"number"},
    "boolean": {"boolean"},
    "date": {"date"},
    "timestamp": {"timestamp"},
    "text": {"category", "text", "identifier"},
}
"""Sluice's types for the kinds of expected.yaml."""


class TooDearError(Exception):
    """A process took more time or memory than the file is worth."""


def judge(path: Path, sluice: str, out: Path) -> Report:
    """The report on a file under its own name, whose dataset goes to `out`."""
    spec = parse_spec(sluice or None, Policy())
    return validate(path, name=path.name, spec=spec, salt="corpus", out=out)


def judge_apart(path: Path, sluice: str, out: Path, seconds: float) -> Report:
    """The same in a process of its own; raises `TooDearError` beyond `seconds` or `MAX_PEAK_KB`."""
    command = [sys.executable, "-m", __name__, str(path), sluice, str(out)]
    try:
        done = subprocess.run(command, capture_output=True, check=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        raise TooDearError(f"it takes more than {seconds} s") from None
    answer = json.loads(done.stdout)
    if answer["peak_kb"] > MAX_PEAK_KB:
        raise TooDearError(f"it takes {answer['peak_kb']:,} kB of memory")
    return Report.model_validate(answer["report"])


def complaints(entry: Entry, report: Report, out: Path) -> list[str]:
    """Where the report differs from what expected.yaml asks; nothing where all is said."""
    found = [*_leaks(report)]
    if entry.verdict == "not-silent":
        wrong = _wrong(entry, report, out) if report.verdict == "accepted" else ["refused"]
        return found + (wrong if wrong and not spoken(entry, report) else [])
    if report.verdict != entry.verdict:
        return [*found, f"{report.verdict}: {report.reason}"]
    if entry.verdict == "accepted":
        found += _wrong(entry, report, out)
    among = report.findings if entry.verdict == "accepted" else report.findings[:1]
    found += [
        f"nothing says {sentence!r}: {[f.message for f in among]}"
        for sentence in entry.says
        if not any(_is(sentence, finding) for finding in among)
    ]
    if entry.verdict == "rejected" and not report.findings[0].remedy:
        found.append("there is no remedy")
    return found


def spoken(entry: Entry, report: Report) -> bool:
    """Whether any finding says one of the sentences."""
    return any(_is(sentence, finding) for sentence in entry.says for finding in report.findings)


def truth_faults(entry: Entry, out: Path) -> list[str]:
    """Where the dataset in `out` differs from what the file holds."""
    if entry.truth is None:
        return ["a file that cannot be read right was read"]
    columns = entry.truth.columns
    with duckdb.connect() as con:
        data = con.read_parquet(f"{out}/*/*.parquet", hive_partitioning=False)
        names = data.columns
        values = dict(zip(names, zip(*data.fetchall(), strict=True), strict=True))
    return faults(
        entry.truth.model_dump(exclude_none=True)
        | {"columns": {n: f and f.model_dump(exclude_none=True) for n, f in columns.items()}},
        rows=len(values[names[0]]),
        names=names,
        column=lambda name: list(values[name]),
    )


def _wrong(entry: Entry, report: Report, out: Path) -> list[str]:
    found = truth_faults(entry, out)
    facts = entry.truth.columns if entry.truth else {}
    return found + [
        f"{column.name!r} is of type {column.type}"
        for column in report.columns
        if (fact := facts.get(column.name)) and fact.kind and column.type not in _TYPES[fact.kind]
    ]


def _is(sentence: Sentence, finding: Finding) -> bool:
    text = f"{finding.message} {finding.remedy}"
    return (
        sentence.code in (None, finding.code)
        and sentence.line in (None, finding.line)
        and sentence.column in (None, finding.column)
        and all(piece in text for piece in sentence.words)
        and not any(piece in text for piece in sentence.never)
    )


def _leaks(report: Report) -> Iterator[str]:
    """A path of the machine that judged has no place in what a data owner reads."""
    text = report.model_dump_json()
    here = (str(Path(__file__).parent), f"{tempfile.gettempdir()}/")
    yield from (f"the report names {place}" for place in here if place in text)


def _peak_kb() -> int:
    """Not getrusage: its peak includes the parent's, from before exec."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM")))


def _answer(path: str, sluice: str, out: str) -> dict[str, Any]:
    report = judge(Path(path), sluice, Path(out))
    return {"report": report.model_dump(mode="json"), "peak_kb": _peak_kb()}


if __name__ == "__main__":
    print(json.dumps(_answer(*sys.argv[1:])))
