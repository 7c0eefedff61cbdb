"""Texts or images in class folders as a drop that can be queried: columns `text` or `image`, and
`label`.

Each file becomes a row of CSV copies that the parser is told, images as base64. The copies are
small, because the parser hands on two thousand rows at a time, but never of two files.
"""

from __future__ import annotations

import base64
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Final, TextIO

from sluice.validation.formats.archive.archives import ArchiveKind, open_archive
from sluice.validation.formats.archive.class_folders import ClassFolders, sort_files
from sluice.validation.formats.archive.images import MAX_IMAGE_BYTES, look_at
from sluice.validation.formats.archive.members import Member
from sluice.validation.formats.archive.observations import Observations
from sluice.validation.formats.archive.tables import open_tables, tables_in
from sluice.validation.formats.archive.texts import MAX_TEXT_BYTES, decoded
from sluice.validation.formats.compressed import Limits, compression_of, expanded
from sluice.validation.formats.parts import HEAD_BYTES, Part, scratch_file
from sluice.validation.formats.scanned import ScannedSource
from sluice.validation.formats.source import Content, ContentKind, Opening, Place, Source
from sluice.validation.refusals import Refused
from sluice.validation.rows.columns import TextColumns
from sluice.validation.rows.sql import literal
from sluice.validation.scanner.scan import Files

COPY_BYTES: Final = 16 * HEAD_BYTES
"""From here on the next row goes to another copy."""
FACTS: Final = ("width", "height", "channels", "format")
"""Of each image."""

_MAX_BYTES: Final[dict[ContentKind, int]] = {"text": MAX_TEXT_BYTES, "image": MAX_IMAGE_BYTES}
_LONGEST: Final[dict[ContentKind, int]] = {
    "text": 2 * MAX_TEXT_BYTES + HEAD_BYTES // 16,
    "image": MAX_IMAGE_BYTES * 4 // 3 + HEAD_BYTES // 16,
}
"""Bytes of one row: quotes double, base64 takes a third more."""


class _Copies:
    """CSV files in scratch, each of some `COPY_BYTES`."""

    def __init__(self, scratch: Path) -> None:
        self.paths: list[Path] = []
        self._scratch = scratch
        self._out: TextIO | None = None
        self._left = 0

    def write(self, content: str, label: str) -> None:
        """Add one row."""
        if self._out is None or self._left <= 0:
            self.close()
            self.paths.append(scratch_file(self._scratch))
            self._out = self.paths[-1].open("w", encoding="utf-8", newline="")
            self._left = COPY_BYTES
        self._out.write(f"{_quoted(content)},{_quoted(label)}\n")
        self._left -= len(content)

    def close(self) -> None:
        """End the last file."""
        if self._out:
            self._out.close()


def open_archives(opening: Opening, kind: ArchiveKind, limits: Limits | None = None) -> Source:
    """All files of the archives as one table, a row a file; or the table that they hold.

    Raises `Refused` for archives that are not to be trusted, files out of place, and files that
    are no readable text or image; always by the member's name.
    """
    limits = limits or Limits()
    scratch, stated = opening.scratch, opening.stated
    parts = expanded(opening.parts, scratch)
    observed = Observations()
    places: list[str] = []
    encodings: set[str] = set()
    facts = scratch_file(scratch)
    with ExitStack() as stack:
        contents = [stack.enter_context(open_archive(part, kind, limits)) for part in parts]
        if tables := tables_in(parts, contents):
            _check_total(parts, tables.members, limits)
            source = open_tables(opening, tables)
            _drop_expanded(parts, scratch)
            return source
        found = [sort_files(p.name, c) for p, c in zip(parts, contents, strict=True)]
        holds = _one_kind(parts, found)
        files = [file for one in found for file in one.files]
        _check_sizes(parts, files, holds, limits)
        copies = stack.enter_context(closing(_Copies(scratch)))
        out = stack.enter_context(facts.open("w", encoding="utf-8", newline=""))
        for member, label in files:
            data = member.read()
            places.append(member.place)
            observed.add(member, label, data)
            if holds == "text":
                text, encoding = decoded(member.place, data, stated.encoding)
                encodings.add(encoding)
                copies.write(text, label)
            else:
                picture = look_at(member.place, data)
                observed.add_picture(member, picture)
                copies.write(base64.b64encode(data).decode(), label)
                out.write(",".join(str(getattr(picture, fact)) for fact in FACTS) + "\n")
    _drop_expanded(parts, scratch)
    names = (holds, "label")
    return ScannedSource(
        shards=(Files(paths=tuple(copies.paths), names=names, longest=_LONGEST[holds]),),
        columns=TextColumns(
            names=names, candidates=((), ()), missing=(), kinds=(holds, "category")
        ),
        content=Content(
            kind=holds,
            # Of the largest: large ones may all lie in one folder, and so in one row group.
            row_bytes=max(member.size for member, _ in files),
            facts=_facts_relation(facts) if holds == "image" else "",
        ),
        rows=len(files),
        find=lambda row: Place(places[row - 1], None),
        parts=tuple(Part(name=parts[0].name, path=path) for path in copies.paths),
        dialect={
            "format": kind,
            **compression_of(parts),
            "holds": holds,
            "members": len(files),
            **({"encoding": "/".join(sorted(encodings))} if encodings else {}),
            "stated": sorted(stated.model_fields_set & {"encoding"}) if holds == "text" else [],
            "files": len(parts),
        },
        notes=(*(note for one in found for note in one.notes), *observed.findings()),
    )


def _quoted(text: str) -> str:
    """As the csv module quotes it, which looks at each character: ten times the time of decoding
    the images."""
    return '"' + text.replace('"', '""') + '"'


def _facts_relation(path: Path) -> str:
    columns = {**dict.fromkeys(FACTS, "BIGINT"), "format": "VARCHAR"}
    listed = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
    return (
        f"read_csv({literal(str(path))}, auto_detect=false, header=false, delim=',', quote='\"', "
        "hive_partitioning=false, "
        f"columns={{{listed}}})"
    )


def _one_kind(parts: list[Part], found: list[ClassFolders]) -> ContentKind:
    for part, one in zip(parts, found, strict=True):
        if one.holds != found[0].holds:
            raise Refused(
                "parts-disagree",
                f"{part.name} holds {one.holds}s, and {parts[0].name} {found[0].holds}s.",
                remedy="Keep texts and images in drops of their own.",
            )
    return found[0].holds


def _check_sizes(
    parts: list[Part], files: list[tuple[Member, str]], holds: ContentKind, limits: Limits
) -> None:
    most = _MAX_BYTES[holds]
    for member, _ in files:
        if member.size == 0:
            raise Refused(
                "empty-member",
                f"{member.place}: the file is empty (0 bytes).",
                remedy="Export it again, or leave it out.",
            )
        if member.size > most:
            raise Refused(
                "member-too-large",
                f"{member.place}: {member.size:,} bytes; at most {most:,} are taken of one "
                f"{holds}.",
                remedy="Shorten it, or leave it out."
                if holds == "text"
                else "Scale it down, or leave it out.",
            )
    _check_total(parts, [member for member, _ in files], limits)


def _check_total(parts: list[Part], members: list[Member], limits: Limits) -> None:
    total = sum(member.size for member in members)
    if total > limits.bytes:
        raise Refused(
            "too-large",
            f"{parts[-1].name}: with it the files of all archives have {total:,} bytes; at most "
            f"{limits.bytes:,} are taken.",
            remedy="Drop fewer or smaller files.",
        )


def _drop_expanded(parts: list[Part], scratch: Path) -> None:
    """Scratch is bounded, and what was expanded there has been copied by now."""
    for part in parts:
        if part.path.parent == scratch:
            part.path.unlink()
