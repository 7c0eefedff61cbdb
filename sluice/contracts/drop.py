"""What an arriving object is: a drop, a part that waits for its marker, a spec, or out of place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from sluice.contracts.names import (
    MODEL_PATTERN,
    NO_MODEL,
    SPEC_FILE,
    SUCCESS_MARKER,
    Run,
    drop_id,
    is_like_spec,
    is_model,
)

ArrivalKind = Literal["drop", "part", "spec", "placeholder", "misplaced"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """One object version in the drop bucket, read by its key alone."""

    kind: ArrivalKind
    key: str
    version: str
    model: str
    """`_` where the key names no valid model."""
    folder: str | None = None
    """The prefix that a `_SUCCESS` closes, ending in `/`; None for a single file."""
    fault: str = ""
    """Why it is misplaced, and the remedy; empty otherwise."""

    @property
    def name(self) -> str:
        """What the dropper calls it: the file's or the folder's name."""
        return (self.folder or self.key).rstrip("/").rpartition("/")[2]

    def run(self, slug: str) -> Run:
        """The run that this arrival starts; only `drop` and `misplaced` arrivals start one."""
        return Run(
            slug=slug, model=self.model, drop=drop_id(slug, self.model, self.key, self.version)
        )


def is_part(path: str) -> bool:
    """Whether a file is data, by its path in the drop's folder.

    Names that begin with _ or . are markers (Spark's), a folder's too; checksums (Hadoop), lists of
    what was unloaded (Redshift, Athena) and what operating systems leave behind are no data either.
    """
    *folders, name = path.split("/")
    return not any(piece.startswith(("_", ".")) for piece in (*folders, name)) and not is_aside(
        path
    )


def is_aside(path: str) -> bool:
    """Whether a file that looks like data is none: a checksum, a list of files, a desktop's."""
    name = path.rpartition("/")[2].lower()
    is_manifest = name.endswith("manifest") and "." not in name
    return is_manifest or name in _DESKTOP or name.endswith((".crc", ".metadata"))


_DESKTOP: Final = ("thumbs.db", "desktop.ini")


def read_arrival(key: str, version: str) -> Arrival:
    """What the object at `key` is."""
    model, slash, rest = key.partition("/")

    def arrival(kind: ArrivalKind, **more: Any) -> Arrival:
        return Arrival(kind=kind, key=key, version=version, **({"model": model} | more))

    if key.endswith("/"):
        return arrival("placeholder")
    if "//" in key or key.startswith("/"):
        right = "/".join(filter(None, key.split("/")))
        return arrival(
            "misplaced",
            model=NO_MODEL,
            fault=f"{key} has a folder without a name, where a slash stands that is one too many. "
            f"Drop it as {right if '/' in right else f'MODEL/{right}'}.",
        )
    if not slash:
        return arrival(
            "misplaced",
            model=NO_MODEL,
            fault=f"{key} lies outside any model's folder. Drop it as MODEL/{key}.",
        )
    if not is_model(model):
        return arrival(
            "misplaced",
            model=NO_MODEL,
            fault=f"{model!r}, in {key}, is no model name. A model name has lower-case letters, "
            f"digits and inner dashes, begins with a letter and has at most 32 characters "
            f"({MODEL_PATTERN}).",
        )
    if rest == SPEC_FILE:
        return arrival("spec")
    if is_like_spec(rest):
        return arrival(
            "misplaced",
            model=NO_MODEL,
            fault=f"{key} is read as nothing; did you mean {SPEC_FILE}? Drop it as "
            f"{model}/{SPEC_FILE}.",
        )
    folder, slash, name = rest.rpartition("/")
    if name == SUCCESS_MARKER:
        if not folder:
            return arrival(
                "misplaced",
                model=NO_MODEL,
                fault=f"{key} closes the model's own folder. Put the parts and their {name} into a "
                f"folder below it, such as {model}/2026-11/{name}.",
            )
        return arrival("drop", folder=f"{model}/{folder}/")
    return arrival("part" if slash else "drop")
