"""How the objects of a JSON file stand in it: told by the first one, whatever the file is called.

One object a line, one after another without a line between (Firehose), in an array, or in an array
that is a member of one object that wraps it all.
"""

from __future__ import annotations

import json
import mmap
import re
import shlex
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final, Literal

from sluice.contracts.dataset import Finding
from sluice.validation.formats.json.layouts import Layout
from sluice.validation.formats.json.objects import Fault
from sluice.validation.formats.parts import HEAD_BYTES, Part, scratch_file
from sluice.validation.refusals import Refused
from sluice.validation.wording import listed, shown

_TOKEN: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"|[{}\[\]]', re.DOTALL)
_SPACE: Final = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*")
_COLON: Final = re.compile(rb"[ \t\r\n]*:[ \t\r\n]*")
_OF_OBJECTS: Final = re.compile(rb"\[[ \t\r\n]*\{")


@dataclass(frozen=True, kw_only=True, slots=True)
class JsonFile:
    """One file, and how its objects stand in it."""

    part: Part
    layout: Layout
    notes: tuple[Finding, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Member:
    """One member of an object."""

    name: str
    holds: Literal["rows", "array", "object", "value"]
    begin: int
    end: int
    """Bytes of its value."""


def shaped(part: Part, named: Layout, scratch: Path) -> JsonFile:
    """The file with its layout; `named` is what its name says.

    Raises `Refused` for one object whose members are no rows.
    """
    with part.path.open("rb") as file:
        text = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        with text:
            return _shaped(part, text, named, scratch)


def _shaped(part: Part, text: mmap.mmap, named: Layout, scratch: Path) -> JsonFile:
    begin = _blank_until(text, 0)
    if text[begin : begin + 1] != b"{":
        return JsonFile(part=part, layout=named)
    members, end = _first_object(text, begin)
    after = len(text) if end is None else _blank_until(text, end)
    is_line = b"\n" not in text[begin : end or begin] and b"\n" in text[end or begin : after]
    if named == "jsonl":
        is_run = not is_line and text[after : after + 1] == b"{" and end is not None
        return JsonFile(part=part, layout="objects" if is_run else named)
    if end is not None and after == len(text) and any(m.holds != "value" for m in members):
        return _unwrapped(part, text, members, scratch)
    # Within a text too, which costs no more than time.
    is_lines = is_line and text.find(b"}{") < 0
    return JsonFile(part=part, layout="jsonl" if is_lines else "objects")


def _blank_until(text: mmap.mmap, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _first_object(text: mmap.mmap, begin: int) -> tuple[list[_Member], int | None]:
    """The members of the object that begins there, and where it ends; None: it does not."""
    members: list[_Member] = []
    depth, name, start = 0, "", 0
    for token in _TOKEN.finditer(text, begin):
        mark = token[0][:1]
        if mark == b'"' and depth == 1 and (colon := _COLON.match(text, token.end())):
            name = _name(token[0])
            if text[colon.end() : colon.end() + 1] not in (b"{", b"["):
                at = colon.end()
                members.append(_Member(name=name, holds="value", begin=at, end=at))
        elif mark in (b"{", b"["):
            depth += 1
            start = token.start() if depth == 2 else start
        elif mark != b'"':
            depth -= 1
            if depth == 1:
                held = _held(text, start)
                members.append(_Member(name=name, holds=held, begin=start, end=token.end()))
            if depth == 0:
                return members, token.end()
    return members, None


def _name(quoted: bytes) -> str:
    try:
        return str(json.loads(quoted))
    except ValueError:
        return quoted.decode(errors="replace").strip('"')


def _held(text: mmap.mmap, start: int) -> Literal["rows", "array", "object"]:
    if text[start : start + 1] == b"{":
        return "object"
    return "rows" if _OF_OBJECTS.match(text, start) else "array"


def _unwrapped(part: Part, text: mmap.mmap, members: list[_Member], scratch: Path) -> JsonFile:
    """The one array of objects in an object, in a file of its own."""
    rows = [member for member in members if member.holds == "rows"]
    if len(rows) != 1:
        raise _no_rows(part, members, rows)
    (array,) = rows
    copy = scratch_file(scratch)
    with copy.open("wb") as out:
        for at in range(array.begin, array.end, HEAD_BYTES):
            out.write(text[at : min(at + HEAD_BYTES, array.end)])
    others = [member.name for member in members if member is not array]
    beside = f"; what stands beside it is not read: {listed(others)}" if others else ""
    note = Finding(
        severity="note",
        code="rows-in-member",
        message=f"{part.name}: the rows are the array {shown(array.name)} of one object{beside}.",
    )
    line = part.first_line + text[: array.begin].count(b"\n")
    return JsonFile(part=replace(part, path=copy, first_line=line), layout="json", notes=(note,))


def _no_rows(part: Part, members: list[_Member], rows: list[_Member]) -> Refused:
    names = listed([member.name for member in members])
    name = PurePosixPath(part.name).name
    if rows:
        what = f"this is one object, of which several members hold records: {names}"
        query = shlex.quote(f".[{json.dumps(rows[0].name)}]")
        command = f"jq {query} {shlex.quote(name)} > rows.json"
        remedy = f"Drop one of them as a file of its own: `{command}`."
    else:
        what = (
            f"this is one object with the members {names}, none of them an array of records, and "
            "the file begins not with an array either"
        )
        remedy = (
            "Write [{…}, {…}], as `df.to_json(path, orient='records')` of pandas does, or one "
            "object a line."
        )
    return Fault(what=what, line=part.first_line, remedy=remedy).refusal(part)
