"""What the files of archives say of each other, collected as they are read: a warning where the
same bytes stand under two classes, a note where an image is not what its name says."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from sluice.contracts.dataset import Finding
from sluice.validation.formats.archive.images import EXTENSIONS_OF, Picture
from sluice.validation.formats.archive.members import Member
from sluice.validation.refusals import Refused
from sluice.validation.wording import counted

MAX_PIXELS: Final = 5_000_000_000
"""Of all images together, which bounds the time that decoding takes."""


@dataclass(kw_only=True, slots=True)
class Observations:
    """What all files of a drop say."""

    first_of: dict[bytes, tuple[str, str]] = field(default_factory=dict)
    """By the MD5 of a file's bytes, the place and the class of the first that has them."""
    contradictions: list[str] = field(default_factory=list)
    """Pairs of places that hold the same bytes under two classes."""
    misnamed: list[str] = field(default_factory=list)
    """Images whose extension is that of another format."""
    animated: list[str] = field(default_factory=list)
    pixels: int = 0
    """Of all images so far."""

    def add(self, member: Member, label: str, data: bytes) -> None:
        """Take one file in."""
        digest = hashlib.md5(data, usedforsecurity=False).digest()
        first, other = self.first_of.setdefault(digest, (member.place, label))
        if other != label:
            self.contradictions.append(f"{member.place} and {first}")

    def add_picture(self, member: Member, picture: Picture) -> None:
        """Take one image in."""
        self.pixels += picture.width * picture.height
        if self.pixels > MAX_PIXELS:
            raise Refused(
                "too-many-pixels",
                f"{member.place}: up to here the images have {self.pixels:,} pixels; at most "
                f"{MAX_PIXELS:,} are taken in all.",
                remedy="Scale the images down, or drop fewer; learners look at far fewer pixels.",
            )
        if not member.name.lower().endswith(EXTENSIONS_OF[picture.format]):
            self.misnamed.append(f"{member.place} ({picture.format})")
        if picture.is_animated:
            self.animated.append(member.place)

    def findings(self) -> Iterator[Finding]:
        """What of it a person may want to know."""
        if found := self.contradictions:
            yield Finding(
                severity="warn",
                code="contradicting-label",
                message=f"{found[0]} hold the same bytes under two classes{_more(found)}.",
                remedy="Keep each file in one class; nothing can learn both.",
            )
        if found := self.misnamed:
            yield Finding(
                severity="note",
                code="misnamed-image",
                message=f"{found[0]}: its extension is not that of its format{_more(found)}; it is "
                "read as what it is.",
            )
        if found := self.animated:
            yield Finding(
                severity="note",
                code="animated-image",
                message=f"{found[0]} is animated{_more(found)}; its first frame is what a "
                "model sees.",
            )


def _more(places: list[str]) -> str:
    return f" ({counted(len(places) - 1, 'more such file')})" if len(places) > 1 else ""
