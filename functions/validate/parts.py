"""What an arrival consists of: object versions, pinned when they are first looked at.

The parts of a folder are those there when its marker is read. What was changed, added or deleted
after the marker refuses the drop, and so does what the marker lists otherwise.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from functions.shared.objects import Store, Version
from sluice.contracts.drop import Arrival, is_part
from sluice.contracts.manifest import MAX_MANIFEST_BYTES, ListedPart, Manifest
from sluice.contracts.names import SUCCESS_MARKER
from sluice.validation.formats.listing import check_listing, not_read
from sluice.validation.formats.manifest import (
    hold_digest,
    hold_parts,
    read_manifest,
    sha256_of,
)
from sluice.validation.refusals import Refused

MAX_LISTED: Final = 20_000
"""Object versions below one folder; a thousand come with each answer of S3."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One object version of a drop."""

    name: str
    """Its path in the drop's folder; of a single file, its name."""
    key: str
    version: str
    size: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Contents:
    """The parts of one drop, sorted by name, and what its marker lists of them."""

    name: str
    parts: tuple[Part, ...]
    manifest: Manifest | None = None
    aside: tuple[str, ...] = ()
    """Files of the folder that look like data and are none; they are not fetched."""

    @property
    def size(self) -> int:
        """All of it in bytes."""
        return sum(part.size for part in self.parts)


def contents(drops: Store, arrival: Arrival) -> Contents:
    """What the drop consists of; `Refused` where it is no longer, or not yet, what was meant."""
    if arrival.folder is None:
        size = drops.size(arrival.key, arrival.version)
        if size is None:
            raise _gone(arrival.key)
        part = Part(name=arrival.name, key=arrival.key, version=arrival.version, size=size)
        return Contents(name=arrival.name, parts=(part,))
    found = drops.read(arrival.key, arrival.version, at_most=MAX_MANIFEST_BYTES + 1)
    listed = list(islice(drops.versions(arrival.folder), MAX_LISTED + 1))
    if len(listed) > MAX_LISTED:
        raise Refused(
            "too-many-parts",
            f"{arrival.folder} holds more than {MAX_LISTED:,} objects, older versions among them.",
            remedy="Write fewer and larger parts into a new folder.",
        )
    marker = next((v for v in listed if (v.key, v.id) == (arrival.key, arrival.version)), None)
    if found is None or marker is None:
        raise _gone(arrival.key)
    manifest = read_manifest(arrival.key, found[0])
    there = [v.key.removeprefix(arrival.folder) for v in listed if v.newest and not v.deleted]
    check_listing(arrival.name, there)
    parts = _parts(arrival.folder, listed, marker)
    if manifest is not None:
        hold_parts(arrival.name, manifest, {part.name: part.size for part in parts})
    if not parts:
        raise Refused(
            "empty-folder",
            f"{arrival.folder} holds nothing but its {SUCCESS_MARKER}.",
            remedy="Drop the parts first, the marker last.",
        )
    return Contents(
        name=arrival.name, parts=tuple(parts), manifest=manifest, aside=tuple(not_read(there))
    )


def fetch(drops: Store, drop: Contents, to: Path) -> str:
    """Download all parts into the new folder `to`; the digest of all their bytes.

    `Refused` where the bytes are not those that the marker lists.
    """
    to.mkdir()
    listed = {part.name: part for part in drop.manifest.parts} if drop.manifest else {}
    digest = hashlib.sha256()
    for part in drop.parts:
        path = to / part.name
        path.parent.mkdir(parents=True, exist_ok=True)
        drops.download(part.key, path, part.version)
        sha256 = sha256_of(path)
        hold_digest(drop.name, listed.get(part.name) or ListedPart(name=part.name), sha256)
        digest.update(bytes.fromhex(sha256))
    return digest.hexdigest()


def _parts(folder: str, listed: list[Version], marker: Version) -> list[Part]:
    parts = []
    for version in sorted(listed, key=lambda v: v.key):
        name = version.key.removeprefix(folder)
        if not version.newest or not name or name.endswith("/") or not is_part(name):
            continue
        if version.modified > marker.modified:
            raise _changed(version, marker)
        if version.deleted:
            continue
        parts.append(Part(name=name, key=version.key, version=version.id, size=version.size))
    return parts


def _changed(part: Version, marker: Version) -> Refused:
    what = "was deleted" if part.deleted else "arrived or was changed"
    return Refused(
        "changed-part",
        f"{part.key} {what} at {part.modified:%H:%M:%S}, after the folder was closed by its "
        f"{SUCCESS_MARKER} at {marker.modified:%H:%M:%S}.",
        remedy=f"Drop {marker.key} again when all parts are there, the marker last.",
    )


def _gone(key: str) -> Refused:
    return Refused(
        "deleted", f"{key} was deleted before it could be read.", remedy="Drop it again."
    )
