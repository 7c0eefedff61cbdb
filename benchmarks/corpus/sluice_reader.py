"""Sluice judges files of the corpus, as benchmarks.corpus.readers has its peers do."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.corpus.readers import serve
from tests.corpus.validate.corpus import entries
from tests.corpus.validate.judging import judge, spoken, truth_faults

ENTRIES = {entry.name: entry for entry in entries()}


def outcome(path: Path) -> tuple[str, str]:
    """`right`, `refused`, `warned` or `wrong`."""
    entry = ENTRIES[path.name]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        report = judge(path, entry.sluice, out)
        if report.verdict == "rejected":
            return "refused", report.reason
        found = truth_faults(entry, out)
    if not found:
        return "right", ""
    return ("warned" if spoken(entry, report) else "wrong"), "; ".join(found)


if __name__ == "__main__":
    serve(lambda task: outcome(Path(task["path"])))
