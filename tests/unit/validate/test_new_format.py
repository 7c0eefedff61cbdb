"""A file format is one folder and one row: no other file of the product knows of it."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pytest
from drops import Judge, codes

from sluice.contracts.dataset import Schema
from sluice.contracts.spec import Spec
from sluice.validation.engine import validate
from sluice.validation.formats import registry
from sluice.validation.formats.registry import Format
from sluice.validation.formats.source import Opening, Source
from sluice.validation.report.page import render_html

FOLDER = '''
"""Fixed-width text: a header, a line of dashes that says how wide each column is, and the rows."""

import csv

from sluice.validation.formats.compressed import compression_of, expanded
from sluice.validation.formats.first_bytes import head_of_text
from sluice.validation.formats.parts import scratch_file
from sluice.validation.formats.scanned import ScannedSource
from sluice.validation.formats.source import Place
from sluice.validation.rows.candidates import CANDIDATES
from sluice.validation.rows.columns import TextColumns
from sluice.validation.scanner.scan import Files


def open_fixed_width(opening):
    part, *_ = expanded(opening.parts, opening.scratch)
    head_of_text(part, "fwf")
    text = part.path.read_text()
    header, dashes, *lines = text.splitlines()
    widths = [len(run) for run in dashes.split()]
    names, *rows = (cut(line, widths) for line in (header, *lines))
    copy = scratch_file(opening.scratch)
    with copy.open("w", newline="") as out:
        csv.writer(out, lineterminator="\\n", quoting=csv.QUOTE_ALL).writerows(rows)
    return ScannedSource(
        shards=(Files(paths=(copy,), names=names, longest=1_000_000),),
        columns=TextColumns(
            names=names,
            candidates=(tuple(CANDIDATES),) * len(names),
            sample=tuple(rows[:100]),
        ),
        rows=text.count("\\n") - 2,
        find=lambda row: Place(f"{part.name}, line {row + 2}", row + 2),
        parts=(part,),
        dialect={"format": "fwf", **compression_of(opening.parts), "encoding": "utf-8", "files": 1},
    )


def cut(line, widths):
    starts = [sum(widths[:i]) + i for i in range(len(widths))]
    return tuple(line[at : at + width].strip() for at, width in zip(starts, widths))
'''


@pytest.fixture(autouse=True)
def fixed_width(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder, importable as the product's are, and the row."""
    folder = tmp_path / "packages" / "fixed_width"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(FOLDER)
    monkeypatch.syspath_prepend(folder.parent)
    monkeypatch.delitem(sys.modules, folder.name, raising=False)

    def open_drop(opening: Opening) -> Source:
        from fixed_width import open_fixed_width

        return open_fixed_width(opening)

    row = Format(name="fwf", words="fixed-width text", extensions=(".fwf", ".prn"), open=open_drop)
    monkeypatch.setattr(registry, "FORMATS", (*registry.FORMATS, row))


def fixed(rows: int = 60) -> str:
    lines = ["age  city       label", "---- ---------- -----"]
    lines += [
        f"{20 + i % 50:<4} {('Ulm', 'Bad Tölz', '')[i % 3]:<10} {'ab'[i % 2]}" for i in range(rows)
    ]
    return "\n".join(lines) + "\n"


def test_a_drop_of_the_new_format_becomes_a_dataset(judge: Judge, tmp_path: Path) -> None:
    report = judge(fixed(), "people.fwf", out=tmp_path)

    assert report.verdict == "accepted", report.reason
    schema = Schema.model_validate_json((tmp_path / "schema.json").read_text())
    assert {c.name: c.type for c in schema.columns} == {
        "age": "integer",
        "city": "category",
        "label": "category",
    }
    assert report.rows == 60
    assert "fixed-width text" in render_html(report)


def test_it_is_expanded_and_its_extension_listed_as_every_other(judge: Judge) -> None:
    assert judge(gzip.compress(fixed().encode()), "people.fwf.gz").verdict == "accepted"
    assert ".fwf and .prn (text also" in judge(fixed(), "people.docx").reason


def test_its_rows_are_named_as_it_names_them(judge: Judge) -> None:
    content = fixed(rows=60).replace("22   ", "n/k  ", 1)

    report = judge(content, "people.fwf")

    mixed = next(f for f in report.findings if f.code == "mixed-values")
    assert mixed.message.startswith("people.fwf, line 5: column 'age' holds 'n/k'")


def test_what_is_stated_of_other_formats_is_said_to_be_unused(judge: Judge) -> None:
    report = judge(fixed(), "people.fwf", read={"delimiter": ";"})

    unused = next(f for f in report.findings if f.code == "read-unused")
    assert "which tells nothing of fixed-width text" in unused.message


def test_rows_that_are_not_as_many_as_it_counts_are_refused(judge: Judge) -> None:
    torn = fixed().replace("Ulm", "U\fm", 1)  # splitlines takes a form feed for a line's end

    report = judge(torn, "people.fwf")

    assert codes(report, "refuse") == {"rows-differ"}
    assert "reads 61 rows where 60 were counted" in report.reason


def test_a_folder_of_it_and_of_another_format_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.fwf").write_text(fixed())
    (folder / "b.csv").write_text("a,label\n1,x\n")

    report = validate(folder, name="drop", spec=Spec(), salt="pepper")

    assert report.reason.startswith("drop: drop/a.fwf and drop/b.csv are of different formats.")


def test_a_format_is_not_imported_before_a_drop_of_it_comes() -> None:
    code = "import sluice.validation.engine, sys; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    rooms = Path(registry.__file__).parent.iterdir()
    folders = [f"sluice.validation.formats.{path.name}" for path in rooms if path.is_dir()]
    assert "sluice.validation.formats.registry" in loaded.stdout.split()
    assert not [m for m in loaded.stdout.split() if m.startswith(tuple(folders))]
