"""A folder's `_SUCCESS`, held against the parts that are there.

An empty marker is Spark's: everything in the folder is the drop. One that lists parts is a promise:
a part that is missing, changed or not listed refuses the drop, for half a folder reads like a
whole one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from sluice.contracts.drop import is_part
from sluice.contracts.manifest import MAX_MANIFEST_BYTES, ListedPart, Manifest
from sluice.contracts.names import SUCCESS_MARKER
from sluice.validation.formats.listing import check_listing, files_below
from sluice.validation.refusals import Refused
from sluice.validation.wording import shown

_HADOOP: Final = "org.apache.hadoop."
"""How `name` begins in the JSON that Hadoop's committers write into `_SUCCESS`. Their list of files
is cut short where there are many (HADOOP-16570), so it is a report, no manifest."""

_FORM: Final = 'Leave it empty, write one name a line, or {"parts": ["part-0.csv", …]}.'


def read_manifest(marker: str, body: bytes) -> Manifest | None:
    """The parts that `body` lists; None where it lists none, so that all in the folder count.

    `marker` is what sentences call it. Raises `Refused` for what is no list of part names.
    """
    if len(body) > MAX_MANIFEST_BYTES:
        raise _unreadable(marker, f"the marker has more than {MAX_MANIFEST_BYTES:,} bytes")
    if not body.strip():
        return None
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = 1 + body.count(b"\n", 0, error.start)
        raise _unreadable(marker, f"byte {error.start} is not UTF-8", line=line) from None
    if text.lstrip().startswith(("{", "[")):
        manifest = _of_json(marker, text)
    else:
        named = [(n, line.strip()) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
        for number, name in named:
            _check_name(marker, name, line=number)
        manifest = Manifest(parts=tuple(ListedPart(name=name) for _, name in named))
    if manifest is not None:
        _check_names(marker, manifest)
    return manifest


def hold_parts(name: str, manifest: Manifest, sizes: Mapping[str, int]) -> None:
    """Refuse the folder `name` where its parts (name -> bytes) are not those listed."""
    for listed in manifest.parts:
        size = sizes.get(listed.name)
        if size is None:
            raise Refused(
                "missing-part",
                f"{name}/{listed.name}: this part is listed in {SUCCESS_MARKER}, and is not there.",
                remedy="Drop it, or list only the parts there are; then drop the marker again.",
            )
        if listed.size is not None and size != listed.size:
            raise Refused(
                "changed-part",
                f"{name}/{listed.name}: this part has {size:,} bytes; {SUCCESS_MARKER} lists it "
                f"with {listed.size:,}.",
                remedy="Drop the part and the marker again; the marker last.",
            )
    names = {listed.name for listed in manifest.parts}
    for other in sizes:
        if other not in names:
            raise Refused(
                "unlisted-part",
                f"{name}/{other}: this part is not listed in {SUCCESS_MARKER}.",
                remedy="Remove it, or list it; then drop the marker again.",
            )


def hold_digest(name: str, listed: ListedPart, sha256: str) -> None:
    """Refuse a part whose bytes are not those that were listed."""
    if listed.sha256 is not None and listed.sha256.lower() != sha256:
        raise Refused(
            "changed-part",
            f"{name}/{listed.name}: the bytes of this part are not those listed in "
            f"{SUCCESS_MARKER}: their SHA-256 begins with {sha256[:12]}, the listed one with "
            f"{listed.sha256[:12].lower()}.",
            remedy="Drop the part and the marker again; the marker last.",
        )


def hold_folder(folder: Path, name: str, where: str | None = None) -> None:
    """Refuse a folder on this machine that is no drop, or not what its own `_SUCCESS`, if any,
    lists; `where` is the folder as a command takes it, if that is not `name`."""
    files = files_below(folder)
    check_listing(name, files, where)
    marker = folder / SUCCESS_MARKER
    if not marker.is_file():
        return
    with marker.open("rb") as file:
        manifest = read_manifest(f"{name}/{marker.name}", file.read(MAX_MANIFEST_BYTES + 1))
    if manifest is None:
        return
    sizes = {file: (folder / file).stat().st_size for file in files if is_part(file)}
    hold_parts(name, manifest, sizes)
    for listed in manifest.parts:
        if listed.sha256 is not None:
            hold_digest(name, listed, sha256_of(folder / listed.name))


def manifest_of(folder: Path) -> Manifest:
    """The parts of a folder on this machine with their sizes and digests."""
    return Manifest(
        parts=tuple(
            ListedPart(
                name=file, size=(folder / file).stat().st_size, sha256=sha256_of(folder / file)
            )
            for file in files_below(folder)
            if is_part(file)
        )
    )


def sha256_of(path: Path) -> str:
    """In hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _of_json(marker: str, text: str) -> Manifest | None:
    try:
        document: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        raise _unreadable(marker, f"this is no JSON ({error})", line=line) from None
    if isinstance(document, dict) and str(document.get("name", "")).startswith(_HADOOP):
        return None
    try:
        return Manifest.model_validate(document)
    except ValidationError as error:
        fault = error.errors()[0]
        field = ".".join(map(str, fault["loc"])) or "the document"
        said = fault["msg"][:1].lower() + fault["msg"][1:]
        raise _unreadable(marker, f"{field}: {said}") from None


def _check_names(marker: str, manifest: Manifest) -> None:
    if not manifest.parts:
        raise _unreadable(marker, "its list of parts is empty")
    seen = set()
    for listed in manifest.parts:
        _check_name(marker, listed.name)
        if listed.name in seen:
            raise _unreadable(marker, f"{shown(listed.name)} is listed twice")
        seen.add(listed.name)


def _check_name(marker: str, name: str, line: int | None = None) -> None:
    if not all(name.split("/")):
        raise _unreadable(marker, f"{shown(name)} is no name of a file in this folder", line=line)
    if not is_part(name):
        raise _unreadable(
            marker,
            f"{shown(name)} is listed, but names that begin with _ or . are markers, no data, and "
            "so are manifests and checksums",
            line=line,
        )


def _unreadable(marker: str, what: str, line: int | None = None) -> Refused:
    where = f"{marker}, line {line}" if line else marker
    return Refused("bad-manifest", f"{where}: {what}.", remedy=_FORM, line=line)
