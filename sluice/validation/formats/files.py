"""The files that a drop is made of, and their format: what they hold decides it.

An extension is believed where the first bytes do not contradict it. A file without one, or with one
that says no more than that it is text, is told by its content: Parquet, gzip, zstd and zip by their
first bytes, JSON by its first characters, and all other text is delimited.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from sluice.contracts.dataset import Finding
from sluice.contracts.drop import is_part
from sluice.validation.formats import registry
from sluice.validation.formats.compressed import first_block
from sluice.validation.formats.first_bytes import UTF16, compression_in
from sluice.validation.formats.listing import check_listing, files_below, not_read
from sluice.validation.formats.parts import Part
from sluice.validation.formats.registry import EXTENSIONS, Format, Named
from sluice.validation.refusals import Refused
from sluice.validation.wording import counted, listed, shown

_HEAD_BYTES: Final = 64 * 1024
_JSON = re.compile(r'\s*(\{\s*["}]|\[\s*[{\]])')
"""How JSON of objects begins, alone or in an array."""
_TAR = slice(257, 262)
"""Where a TAR says that it is one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DroppedFiles:
    """The files of a drop, all of one format."""

    form: Format
    parts: list[Part]
    notes: tuple[Finding, ...] = ()
    """What is to be said of how they were told."""


def dropped_files(source: Path, name: str, not_fetched: Sequence[str] = ()) -> DroppedFiles:
    """The format and the files of a drop: one file, or a folder's parts sorted by name.

    `not_fetched` are files of the folder that are no data, and were left where they were dropped.
    Raises `Refused` for a format that is not taken, an empty folder, one of mixed formats, and a
    folder that is no drop.
    """
    if not source.is_dir():
        return told(name, [Part(name=name, path=source)])
    files = files_below(source)
    check_listing(name, files)
    found = [file for file in files if is_part(file)]
    if not found:
        raise Refused(
            "empty-folder",
            f"{name}: the folder holds no data file.",
            remedy=f"Put data files in it: {registry.taken()}; names that begin with _ or . are "
            "skipped.",
        )
    parts = [Part(name=f"{name}/{file}", path=source / file) for file in found]
    return told(name, parts, [*not_read(files), *not_fetched])


def told(name: str, parts: list[Part], aside: Sequence[str] = ()) -> DroppedFiles:
    """The parts of the drop `name` with their format; `aside` are files beside them, not read."""
    found = [_told(part) for part in parts]
    # A part without a byte is of every format; where all are, the first says so.
    full = [one for one in found if one.part.path.stat().st_size] or found[:1]
    formats = {one.form.name: one for one in reversed(full)}
    form = full[0].form
    if set(formats) == {"json", "jsonl"}:
        form = registry.by_name("json")  # which looks at each file for how its objects stand
    elif len(formats) > 1:
        raise Refused(
            "mixed-formats",
            f"{name}: {' and '.join(sorted(one.part.name for one in formats.values()))} are of "
            "different formats.",
            remedy="Keep one format in one folder; these are "
            f"{' and '.join(sorted(one.form.words for one in formats.values()))}.",
        )
    notes = [_otherwise(full)] if any(one.named for one in full) else []
    if aside:
        what = counted(len(aside), "file that is no data", "files that are no data")
        notes.append(
            Finding(
                severity="note",
                code="not-data",
                message=f"{name}: {what}, not read: {listed(list(aside))}.",
            )
        )
    return DroppedFiles(form=form, parts=[one.part for one in found], notes=tuple(notes))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Told:
    """One file whose format is known."""

    part: Part
    form: Format
    named: str = ""
    """What its name says that it is, where it is something else."""


def _told(part: Part) -> _Told:
    name = registry.named(part.name)
    with part.path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if name.form is None and not name.is_open:
        found = _evident(part.path, head)
        if found is None:
            raise registry.unknown(part.name)
        return _Told(part=part, form=registry.by_name(found), named=shown(name.ending))
    if name.form is not None:
        return _held_against(part, name, name.form, head)
    packed = name.packed or compression_in(head)
    if packed:
        head = first_block(part, packed)
    form = registry.by_name(_content(head))
    if packed and form.is_compressed:
        raise registry.packed_twice(part.name, form, packed)
    return _Told(part=replace(part, packed=packed), form=form)


def _held_against(part: Part, name: Named, form: Format, head: bytes) -> _Told:
    """A file whose name says what it is, which may be something else all the same."""
    if form.magic or form.is_archive or name.packed:
        return _Told(part=part, form=form)
    if _is_parquet(part.path, head):
        return _Told(part=part, form=registry.by_name("parquet"), named=form.words)
    # What is called .csv is opened by hand, too, and should be called what it is.
    packed = compression_in(head) if name.ending != ".csv" else None
    if packed:
        return _Told(part=replace(part, packed=packed), form=form, named=f"plain {form.words}")
    return _Told(part=part, form=form)


def _evident(path: Path, head: bytes) -> str | None:
    """What a file of an unknown extension is, where its content leaves no doubt."""
    if _is_parquet(path, head):
        return "parquet"
    return "json" if _JSON.match(_text(head)) else None


def _is_parquet(path: Path, head: bytes) -> bool:
    magic = registry.by_name("parquet").magic
    if not head.startswith(magic):
        return False
    with path.open("rb") as file:
        file.seek(-len(magic), 2)
        return file.read() == magic


def _content(head: bytes) -> str:
    if head.startswith(registry.by_name("zip").magic):
        return "xlsx" if b"[Content_Types].xml" in head or b"xl/" in head else "zip"
    if head.startswith(registry.by_name("parquet").magic):
        return "parquet"
    if head[_TAR] == b"ustar":
        return "tar"
    return "json" if _JSON.match(_text(head)) else "csv"


def _text(head: bytes) -> str:
    encoding = UTF16.get(head[:2], "utf-8")
    return head.removeprefix(codecs.BOM_UTF8).decode(encoding, errors="replace").lstrip("\ufeff")


def _otherwise(files: list[_Told]) -> Finding:
    """That files are something else than their names say."""
    other = [one for one in files if one.named]
    first = other[0]
    what, extension = first.form.words, first.form.extensions[0]
    if first.part.packed:
        what, extension = f"{first.part.packed}-compressed", EXTENSIONS[first.part.packed]
    more = f" (and {counted(len(other) - 1, 'more file')})" if len(other) > 1 else ""
    return Finding(
        severity="note",
        code="told-by-content",
        message=f"{first.part.name}{more}: the name says {first.named}, and what it holds is "
        f"{what}; it is read as that.",
        remedy=f"Give it the extension {extension}.",
    )
