"""Archives of files in class folders (`<class>/<file>`): which file is of which class.

One common folder on top is taken off. What operating systems leave behind, and a README beside the
folders, is no data and noted; any other file out of place refuses the drop, because it may be data.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from sluice.contracts.dataset import MIN_ROWS, Finding
from sluice.validation.formats.archive.images import EXTENSIONS
from sluice.validation.formats.archive.members import Contents, Member
from sluice.validation.formats.registry import extensions
from sluice.validation.formats.source import ContentKind
from sluice.validation.refusals import Refused
from sluice.validation.wording import counted, listed, shown

_MARKERS: Final = ("__macosx", "thumbs.db", "desktop.ini", "_success")
"""Left by operating systems and writers; names that begin with a dot are too."""
_BESIDE: Final = ("readme", "license", "licence", "copying", "citation", "changelog", "notice")
"""Words in the name of a file that may lie outside of the class folders."""
_ARCHIVES: Final = (
    ".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst", ".7z", ".rar", ".jar",
)  # fmt: skip
_OTHER_TABLES: Final = (".xls", ".ods", ".feather", ".arrow", ".avro", ".orc")
"""Of formats that are not taken."""
_OTHER_IMAGES: Final = (
    ".tif", ".tiff", ".heic", ".heif", ".avif", ".svg", ".ico", ".psd", ".jp2", ".raw", ".cr2",
    ".nef", ".dng", ".tga", ".ppm", ".pgm",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassFolders:
    """The files of an archive, each with its class."""

    holds: ContentKind
    files: list[tuple[Member, str]]
    notes: tuple[Finding, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SortedOut:
    """The files of an archive, by whether they are data."""

    data: list[Member]
    markers: list[Member]
    """Left behind by operating systems and writers."""
    beside: list[Member]
    """A README and its like."""
    top: int
    """How many pieces of the names stand before what tells the files apart: 1 or 0."""


def sorted_out(files: list[Member]) -> SortedOut:
    """Which of the files are data, and which stand beside it."""
    markers = [m for m in files if _is_marker(m.path)]
    others = [m for m in files if not _is_marker(m.path)]
    top = _common_top(others)
    return SortedOut(
        data=[m for m in others if not _is_documentation(m.path, top)],
        markers=markers,
        beside=[m for m in others if _is_documentation(m.path, top)],
        top=top,
    )


def sort_files(source: str, contents: Contents) -> ClassFolders:
    """Find every file's class and what kind they all are.

    Raises `Refused` naming the first file out of place, or of another kind than the first.
    """
    found = sorted_out(contents.files)
    data, top = found.data, found.top
    if not data:
        raise Refused(
            "empty-archive",
            f"{source}: the archive holds no file to learn from.",
            remedy="Pack one folder a class, with the class's files in it.",
        )
    for member in data:
        _check_kind(member)
        _check_depth(member, top)
    holds = _held(data)
    files = [(member, member.path[top]) for member in data]
    counts = Counter(label for _, label in files)
    _check_classes(source, files, counts)
    empty = {
        path[top]
        for path in contents.folders
        if len(path) == top + 1 and path[top] not in counts and not _is_marker(path)
    }
    notes = (*beside(source, found), *_empty(source, sorted(empty)))
    return ClassFolders(holds=holds, files=files, notes=notes)


def _is_marker(path: tuple[str, ...]) -> bool:
    return any(piece.startswith(".") or piece.lower() in _MARKERS for piece in path)


def _is_documentation(path: tuple[str, ...], top: int) -> bool:
    return len(path) <= top + 1 and any(word in path[-1].lower() for word in _BESIDE)


def _common_top(files: list[Member]) -> int:
    """How many pieces of the files' names stand before the class: one common folder, or none."""
    deep = [m.path for m in files if len(m.path) > 1]
    return int(len({path[0] for path in deep}) == 1 and any(len(path) > 2 for path in deep))


def _ending(member: Member) -> str:
    return PurePosixPath(member.path[-1]).suffix.lower()


def _check_kind(member: Member) -> None:
    ending = _ending(member)
    if ending in _ARCHIVES:
        raise Refused(
            "nested-archive",
            f"{member.place}: an archive inside of an archive.",
            remedy="Pack the files themselves, one folder a class.",
        )
    if ending in extensions() or ending in _OTHER_TABLES:
        raise Refused(
            "archived-table",
            f"{member.place}: a table beside other files; archives are taken of one table, or of "
            "texts or images in class folders.",
            remedy="Drop the table itself, or pack it alone.",
        )
    if ending in _OTHER_IMAGES:
        raise Refused(
            "unknown-image",
            f"{member.place}: images of the kind {ending} are not taken.",
            remedy=f"Export it as {_images()}.",
        )


def _check_depth(member: Member, top: int) -> None:
    depth = len(member.path) - top
    if depth < 2:
        raise Refused(
            "outside-class",
            f"{member.place}: it lies outside of any class folder, so its class is not known.",
            remedy="Put it into the folder of its class, or leave it out.",
        )
    if depth > 2:
        inner = "/".join(member.path[:-1])
        raise Refused(
            "too-deep",
            f"{member.place}: it lies in {shown(inner)}, too deep for <class>/<file>.",
            remedy="Pack class folders with files right in them; where there are folders such as "
            "train and test, pack one set: the split is made here.",
        )


def _held(data: list[Member]) -> ContentKind:
    images = [m for m in data if _ending(m) in EXTENSIONS]
    if not images:
        return "text"
    if len(images) < len(data):
        text = next(m for m in data if _ending(m) not in EXTENSIONS)
        raise Refused(
            "mixed-kinds",
            f"{text.place}: no image, while {shown(images[0].name, 120)} is one "
            f"({len(images):,} of {len(data):,} files are).",
            remedy=f"Pack images only ({_images()}), or texts only.",
        )
    return "image"


def _images() -> str:
    return ", ".join(EXTENSIONS)


def _check_classes(source: str, files: list[tuple[Member, str]], counts: Counter[str]) -> None:
    if len(files) < MIN_ROWS:
        raise Refused(
            "too-few-rows",
            f"{source}: the archive holds {counted(len(files), 'file')} in class folders; at "
            f"least {MIN_ROWS} are needed to learn and to judge.",
            remedy="Pack more files.",
        )
    if len(counts) == 1:
        raise Refused(
            "one-class",
            f"{source}: all {len(files):,} files lie in one class folder, {shown(files[0][1])}, "
            "so there is nothing to tell apart.",
            remedy="Pack one folder a class, and two classes at least.",
        )
    single = [(member, label) for member, label in files if counts[label] == 1]
    if single:
        member, label = single[0]
        more = f"; {counted(len(single) - 1, 'more class', 'more classes')} like it"
        raise Refused(
            "single-row-class",
            f"{member.place}: the only file of the class {shown(label)}"
            f"{more if len(single) > 1 else ''}.",
            remedy="Add files of the class, or leave it out.",
        )


def beside(source: str, found: SortedOut) -> Iterator[Finding]:
    """What is to be said of the files that are no data."""
    if markers := found.markers:
        yield Finding(
            severity="note",
            code="markers-skipped",
            message=f"{source}: {counted(len(markers), 'file')} that operating systems leave "
            f"behind, such as {shown(markers[0].name)}, not read.",
        )
    if found.beside:
        yield Finding(
            severity="note",
            code="documentation-skipped",
            message=f"{source}: beside the data, and so not read: "
            f"{listed([m.name for m in found.beside])}.",
        )


def _empty(source: str, empty: list[str]) -> Iterator[Finding]:
    if empty:
        yield Finding(
            severity="warn",
            code="empty-class",
            message=f"{source}: {counted(len(empty), 'class folder')} without a file: "
            f"{listed(empty)}.",
            remedy="Add files of the class, or leave the folder out.",
        )
