"""Tables in an archive: one is the drop itself, several of one header are its parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from sluice.contracts.dataset import Finding
from sluice.validation.formats import registry
from sluice.validation.formats.archive.class_folders import beside, sorted_out
from sluice.validation.formats.archive.members import Contents, Member
from sluice.validation.formats.files import told
from sluice.validation.formats.listing import check_hive
from sluice.validation.formats.parts import Part, scratch_file
from sluice.validation.formats.source import Opening, Source
from sluice.validation.refusals import Refused
from sluice.validation.wording import counted, listed, shown

_NO_PARTS: Final = ("mixed-formats", "parts-disagree")
"""Codes of refusals that say that files are not of one table."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tables:
    """The members of some archives, all of which are tables."""

    members: list[Member]
    notes: tuple[Finding, ...]
    """What is to be said of the other members."""


def tables_in(parts: Sequence[Part], archives: Sequence[Contents]) -> Tables | None:
    """The tables in the archives, where all that are data are tables; else None.

    A file that may as well be a text is a table where it is the only one.
    """
    found = [sorted_out(contents.files) for contents in archives]
    data = [member for one in found for member in one.data]
    if not data or not all(_is_table(member, alone=len(data) == 1) for member in data):
        return None
    both = zip(parts, found, strict=True)
    return Tables(
        members=data,
        notes=tuple(note for part, one in both for note in beside(part.name, one)),
    )


def open_tables(opening: Opening, tables: Tables) -> Source:
    """The tables as a drop of their own format; the archives are open still.

    Raises `Refused` where they are not parts of one table, with their names.
    """
    members = tables.members
    name = members[0].source
    parts = [
        Part(name=f"{member.source}/{member.name}", path=_extracted(member, opening.scratch))
        for member in members
    ]
    try:
        files = told(name, parts)
        source = files.form.open(replace(opening, parts=files.parts))
    except Refused as refused:
        if refused.finding.code not in _NO_PARTS:
            raise
        raise Refused(
            "several-tables",
            f"{name} holds {counted(len(members), 'table')} that are no parts of one: "
            f"{listed([member.name for member in members])}. {refused.finding.message}",
            remedy="Pack the one to learn from alone, or join them into one first.",
        ) from None
    check_hive(Path(name).stem, files.parts, source.names, files.form)
    return source.with_notes((*_notes(name, members), *tables.notes, *files.notes))


def _is_table(member: Member, *, alone: bool) -> bool:
    try:
        name = registry.named(member.path[-1])
    except Refused:
        return False
    if name.form is None:
        return name.is_open and alone
    return not name.form.is_archive


def _extracted(member: Member, scratch: Path) -> Path:
    copy = scratch_file(scratch)
    with copy.open("wb") as out:
        for block in member.blocks():
            out.write(block)
    return copy


def _notes(name: str, members: list[Member]) -> Iterator[Finding]:
    yield Finding(
        severity="note",
        code="archived-table",
        message=f"{name}: the table is its member {shown(members[0].name)}."
        if len(members) == 1
        else f"{name}: {counted(len(members), 'table')} in it are the parts of one.",
    )
