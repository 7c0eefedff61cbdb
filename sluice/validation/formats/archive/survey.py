"""What is noticed while the files of archives are read, one after the other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from sluice.contracts.dataset import Finding
from sluice.validation.formats.archive.images import EXTENSIONS_OF, Picture
from sluice.validation.formats.archive.members import Member
from sluice.validation.refusals import Refused, counted

MAX_PIXELS: Final = 5_000_000_000
"""Of all images together, which bounds the time that decoding takes."""


@dataclass(kw_only=True, slots=True)
class Survey:
    """What is noticed while the files are read."""

    places: list[str] = field(default_factory=list)
    """Of every row, in order."""
    seen: dict[bytes, tuple[str, str]] = field(default_factory=dict)
    """MD5 of a file's bytes: its place and class."""
    contradictions: list[str] = field(default_factory=list)
    encodings: set[str] = field(default_factory=set)
    misnamed: list[str] = field(default_factory=list)
    animated: list[str] = field(default_factory=list)
    pixels: int = 0

    def see(self, member: Member, label: str, data: bytes) -> None:
        """Take one file in."""
        self.places.append(member.place)
        digest = hashlib.md5(data, usedforsecurity=False).digest()
        first, other = self.seen.setdefault(digest, (member.place, label))
        if other != label:
            self.contradictions.append(f"{member.place} and {first}")

    def see_picture(self, member: Member, picture: Picture) -> None:
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


def survey_notes(survey: Survey) -> Iterator[Finding]:
    """What of it a person may want to know."""
    if found := survey.contradictions:
        yield Finding(
            severity="warn",
            code="contradicting-label",
            message=f"{found[0]} hold the same bytes under two classes{_more(found)}.",
            remedy="Keep each file in one class; nothing can learn both.",
        )
    if found := survey.misnamed:
        yield Finding(
            severity="note",
            code="misnamed-image",
            message=f"{found[0]}: its extension is not that of its format{_more(found)}; it is "
            "read as what it is.",
        )
    if found := survey.animated:
        yield Finding(
            severity="note",
            code="animated-image",
            message=f"{found[0]} is animated{_more(found)}; its first frame is what a model sees.",
        )


def _more(places: list[str]) -> str:
    return f" ({counted(len(places) - 1, 'more such file')})" if len(places) > 1 else ""
