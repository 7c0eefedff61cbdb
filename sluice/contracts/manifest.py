"""The parts that a folder's `_SUCCESS` lists: `sluice drop` writes it, validate holds to it.

    {"parts": [{"name": "part-0.csv", "size": 1204, "sha256": "9f86…"}, "part-1.csv"]}

`size` and `sha256` may be left out; `sluice/validation/manifest.py` reads what others write.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr, field_validator

MAX_MANIFEST_BYTES: Final = 4_000_000
"""Of one marker: some 25,000 parts with size and digest."""


class ListedPart(BaseModel):
    """One part, as whoever wrote the marker knew it. An unknown member would be a promise that
    nobody holds, so there is none."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    name: Annotated[StrictStr, Field(min_length=1)]
    """The file's path in the folder."""
    size: Annotated[StrictInt, Field(ge=0)] | None = None
    """In bytes."""
    sha256: Annotated[StrictStr, Field(pattern="^[0-9a-fA-F]{64}$")] | None = None
    """In hexadecimal."""


class Manifest(BaseModel):
    """All parts of the folder: none may be missing, and there is no other."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    parts: tuple[ListedPart, ...]

    @field_validator("parts", mode="before")
    @classmethod
    def _named(cls, parts: Any) -> Any:
        """A bare name is a part of which nothing else is known."""
        if not isinstance(parts, list | tuple):
            return parts
        return [{"name": part} if isinstance(part, str) else part for part in parts]

    def body(self) -> bytes:
        """As the marker's bytes."""
        return self.model_dump_json(indent=1, exclude_none=True).encode()
