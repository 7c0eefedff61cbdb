"""The file formats that are taken, one row each: to add one, write its folder and its row.

A row's `open` imports its folder when a drop of that format comes, and not before: most drops are
of one format, and a function's cold start pays for every import.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from sluice.contracts.spec import Read
from sluice.validation.refusals import Refused
from sluice.validation.wording import shown

if TYPE_CHECKING:
    from sluice.validation.formats.source import Opening, Source

Compression = Literal["gzip", "zstd"]

COMPRESSIONS: Final[dict[str, Compression]] = {".gz": "gzip", ".tgz": "gzip", ".zst": "zstd"}
"""Extensions of files that are expanded first; `.gz` and `.zst` follow the one of a format that is
not compressed in itself."""

EXTENSIONS: Final[dict[Compression, str]] = {"gzip": ".gz", "zstd": ".zst"}
"""What to call a file that is compressed."""

OTHER_BOOKS: Final = {
    ".xls": "a workbook of Excel 2003 or older",
    ".xlsb": "a binary Excel workbook",
    ".xlsm": "an Excel workbook with macros",
    ".ods": "an OpenDocument spreadsheet",
}
"""Extensions of spreadsheets that are not taken, and what they are."""
PLAIN: Final = (".txt", ".dat", ".data")
"""Extensions that say no more than that it is text, of a table or not."""
AS_XLSX: Final = "Save it as an Excel workbook (.xlsx) without macros and password, or as CSV."


@dataclass(frozen=True, kw_only=True, slots=True)
class Format:
    """One file format that is taken."""

    name: str
    """In the report, and in the codes of findings: `not-csv`."""
    words: str
    """What sentences call such data: `CSV`, `a Parquet file`."""
    extensions: tuple[str, ...]
    """Of its files, lower case."""
    open: Callable[[Opening], Source]
    """Makes a drop of it readable; raises `Refused` where it is not."""
    reads: frozenset[str] = frozenset()
    """The fields of `read:` in sluice.yaml that apply to it."""
    magic: bytes = b""
    """The first bytes of such a file; none where they do not tell."""
    is_archive: bool = False
    """Whether it holds files in class folders, and not a table."""
    is_compressed: bool = False
    """Whether it is compressed in itself, and so not taken inside of gzip or zstd."""


def _open_csv(opening: Opening) -> Source:
    from sluice.validation.formats.csv.reading import open_csv

    return open_csv(opening)


def _open_json(opening: Opening) -> Source:
    from sluice.validation.formats.json.reading import open_json

    return open_json(opening, "json")


def _open_jsonl(opening: Opening) -> Source:
    from sluice.validation.formats.json.reading import open_json

    return open_json(opening, "jsonl")


def _open_excel(opening: Opening) -> Source:
    from sluice.validation.formats.excel.reading import open_excel

    return open_excel(opening)


def _open_parquet(opening: Opening) -> Source:
    from sluice.validation.formats.parquet.reading import open_parquet

    return open_parquet(opening)


def _open_zip(opening: Opening) -> Source:
    from sluice.validation.formats.archive.reading import open_archives

    return open_archives(opening, "zip")


def _open_tar(opening: Opening) -> Source:
    from sluice.validation.formats.archive.reading import open_archives

    return open_archives(opening, "tar")


_OF_TEXTS: Final = frozenset({"missing", "decimal", "thousands"})
"""The fields of `read:` that say what texts mean, whatever they stand in."""

FORMATS: tuple[Format, ...] = (
    Format(
        name="zip",
        words="a ZIP archive",
        extensions=(".zip",),
        open=_open_zip,
        magic=b"PK\x03\x04",
        is_archive=True,
        is_compressed=True,
    ),
    Format(
        name="tar",
        words="a TAR archive",
        extensions=(".tar", ".tgz"),
        open=_open_tar,
        is_archive=True,
    ),
    Format(
        name="xlsx",
        words="an Excel workbook",
        extensions=(".xlsx",),
        open=_open_excel,
        reads=_OF_TEXTS | {"sheet", "header"},
        magic=b"PK\x03\x04",
        is_compressed=True,
    ),
    Format(name="json", words="JSON", extensions=(".json",), open=_open_json, reads=_OF_TEXTS),
    Format(
        name="jsonl",
        words="JSON Lines",
        extensions=(".jsonl", ".ndjson"),
        open=_open_jsonl,
        reads=_OF_TEXTS,
    ),
    Format(
        name="csv",
        words="CSV",
        extensions=(".tsv", ".tab", ".psv", ".csv"),
        open=_open_csv,
        reads=frozenset(Read.model_fields) - {"sheet"},
    ),
    Format(
        name="parquet",
        words="a Parquet file",
        extensions=(".parquet",),
        open=_open_parquet,
        magic=b"PAR1",
        is_compressed=True,
    ),
)
"""In the order in which sentences list them."""


def by_name(name: str) -> Format:
    """The format that the report calls so."""
    return next(form for form in FORMATS if form.name == name)


def extensions() -> dict[str, Format]:
    """All extensions that are taken, lower case, each with its format."""
    return {extension: form for form in FORMATS for extension in form.extensions}


def compression(name: str) -> Compression | None:
    """What a file is compressed with, by its name."""
    return COMPRESSIONS.get(Path(name).suffix.lower())


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """What a file is by its name alone."""

    form: Format | None
    """None: the name does not say."""
    packed: Compression | None
    """What it is compressed with."""
    ending: str
    """Its extension, lower case, that of the compression left out."""
    is_open: bool = False
    """Whether the content has to say what it is: there is no extension, or one of any text."""


def named(name: str) -> Named:
    """What a file is by its extension; raises `Refused` where it can be none that is taken."""
    known = extensions()
    packed = None if Path(name).suffix.lower() in known else compression(name)
    inner = name[: name.rindex(".")] if packed else name
    suffix = Path(inner).suffix.lower()
    if suffix in OTHER_BOOKS:
        what = OTHER_BOOKS[suffix]
        raise Refused("not-xlsx", f"{name}: this is {what}, which is not read.", remedy=AS_XLSX)
    found = known.get(suffix)
    if found and packed and found.is_compressed:
        raise packed_twice(name, found, packed)
    is_open = suffix in PLAIN or not suffix.strip(".0123456789_-")
    return Named(form=found, packed=packed, ending=suffix, is_open=is_open)


def unknown(name: str) -> Refused:
    """The refusal of a file whose extension is not known, and which does not tell by itself."""
    packed = compression(name)
    inner, outer = (name[: name.rindex(".")], name[name.rindex(".") :]) if packed else (name, "")
    ending = f"the extension {shown(Path(inner).suffix.lower())} is not known"
    if packed:
        ending = f"{ending} in front of {outer}"
    return Refused(
        "unknown-extension",
        f"{name}: {ending}.",
        remedy=f"Taken are {taken()}: export the data as one of these.",
    )


def packed_twice(name: str, form: Format, packed: Compression) -> Refused:
    """The refusal of a file that is compressed in itself, and once more."""
    return Refused(
        f"compressed-{form.name}",
        f"{name}: {form.words} inside of {packed} is not read; it is compressed already.",
        remedy=f"Drop the {form.extensions[0]} file itself.",
    )


def taken() -> str:
    """`.json, .jsonl, … and .parquet (…), and .zip, …`, for remedies."""
    tables = [e for form in FORMATS if not form.is_archive for e in form.extensions]
    archives = [e for form in FORMATS if form.is_archive for e in form.extensions]
    return (
        f"{', '.join(tables[:-1])} and {tables[-1]} (text also compressed, such as .csv.gz or "
        f".csv.zst, or as {' or '.join(PLAIN)} or without an extension), and "
        f"{', '.join(archives[:-1])} or {archives[-1]} of one table, or of texts or images in "
        "class folders"
    )
