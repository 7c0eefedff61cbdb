"""Who is silently wrong on which file: `.venv/bin/python -m benchmarks.corpus.run`.

Runs the bad-file corpus of tests/corpus/validate through Sluice and its peers and writes table.md
beside this module. `--only TEXT` takes the files whose names hold it and prints the table, with
the reasons, instead.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import yaml

from benchmarks.corpus.peers import CAP_BYTES, SECONDS, Reader, readers
from tests.corpus.validate.corpus import Entry, entries

TABLE: Final = Path(__file__).with_suffix(".md")
WORDS: Final = {
    "right": "right",
    "refused": "refused",
    "warned": "warned",
    "wrong": "**WRONG**",
    "died": "died",
    "none": "",
}


def main() -> None:
    """Run and write, or print where only some files are taken."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--only", default="")
    only = arguments.parse_args().only
    chosen = [entry for entry in entries() if only in entry.name]
    results: dict[str, dict[str, tuple[str, str]]] = {}
    with tempfile.TemporaryDirectory() as folder, readers() as tools:
        for number, entry in enumerate(chosen, start=1):
            path = entry.path(Path(folder))
            task = {"path": str(path), "truth": _truth(entry), "read": _read(entry)}
            results[entry.name] = {
                name: tool.ask(task, alone=entry.is_large) for name, tool in tools.items()
            }
            if entry.is_made:
                path.unlink()
            print(f"{number}/{len(chosen)} {entry.name}", file=sys.stderr)
        versions = [_version(tool) for tool in tools.values()]
    _log(results)
    text = "\n".join(_page(chosen, results, versions)) + "\n"
    if only:
        print(text)
    else:
        TABLE.write_text(text, encoding="utf-8")


def _log(results: dict[str, dict[str, tuple[str, str]]]) -> None:
    """Every reason on standard error: a refusal may be a fault of the benchmark."""
    for name, outcomes in results.items():
        for tool, (what, why) in outcomes.items():
            print(f"{name:45} {tool:13} {what:8} {why}", file=sys.stderr)


def _truth(entry: Entry) -> dict[str, Any] | None:
    if entry.truth is None:
        return None
    columns = entry.truth.columns
    return entry.truth.model_dump(exclude_none=True) | {
        "columns": {n: f and f.model_dump(exclude_none=True) for n, f in columns.items()}
    }


def _read(entry: Entry) -> dict[str, Any]:
    stated: dict[str, Any] = (yaml.safe_load(entry.sluice) or {}) if entry.sluice else {}
    found: dict[str, Any] = stated.get("read", {})
    return found


def _page(
    chosen: list[Entry], results: dict[str, dict[str, tuple[str, str]]], versions: list[str]
) -> Iterator[str]:
    names = [*results[chosen[0].name]]
    yield "# Who is silently wrong on which file"
    yield ""
    yield (
        f"{datetime.now(UTC):%Y-%m-%d}, {len(chosen)} files of tests/corpus/validate, "
        f"{os.cpu_count()} cores, Python {platform.python_version()}, `.venv/bin/python -m "
        f"benchmarks.corpus.run`. Each tool in a process under a cap of "
        f"{CAP_BYTES // 1024**3} GiB of address space, at most {SECONDS} s a file; a new process "
        "for every large file, and after every death."
    )
    yield ""
    yield (
        "Each tool reads with its defaults and what sluice.yaml states of the file. *right*: what "
        "the file holds, typed or as its text. *refused*: an error. *warned*: read wrongly, with a "
        "warning. **WRONG**: read wrongly without a word. *died*: killed, out of memory or of "
        "time. Empty: a format the tool does not take, or not without what is not on PyPI. pandera "
        "holds what pandas reads against a schema of the true names and types. Where a file is "
        "*due* to be refused and yet says one thing only to those who take it (two columns of one "
        "name, 100,000 columns), taking it right is right."
    )
    yield ""
    yield f"Versions: {', '.join(versions)}."
    yield ""
    yield f"| | {' | '.join(names)} |"
    yield f"|---|{'---|' * len(names)}"
    for sound, title in ((True, "sound files"), (False, "files to refuse or to warn of")):
        of_kind = [e for e in chosen if (e.verdict == "accepted") == sound]
        counts = {t: Counter(results[e.name][t][0] for e in of_kind) for t in names}
        for what, word in WORDS.items():
            label = word or "not taken"
            cells = " | ".join(str(counts[t][what]) for t in names)
            yield f"| {len(of_kind)} {title}: {label} | {cells} |"
    totals = {t: sum(results[e.name][t][0] == "wrong" for e in chosen) for t in names}
    yield f"| **silent errors** | {' | '.join(f'**{totals[t]}**' for t in names)} |"
    yield ""
    yield f"| file | what it is | due | {' | '.join(names)} |"
    yield f"|---|---|---|{'---|' * len(names)}"
    for entry in chosen:
        cells = " | ".join(WORDS[results[entry.name][t][0]] for t in names)
        what = entry.what.replace("|", "\\|")
        yield f"| {entry.name} | {what} | {entry.verdict} | {cells} |"


def _version(tool: Reader) -> str:
    if tool.name in ("sluice", "csv"):
        return tool.name
    code = f"import importlib.metadata as m; print(m.version({tool.name!r}))"
    found = subprocess.run([tool.python, "-c", code], capture_output=True, text=True, check=True)
    return f"{tool.name} {found.stdout.strip()}"


if __name__ == "__main__":
    main()
