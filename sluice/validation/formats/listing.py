"""A folder as it is listed, before any of its files is read: what is a drop, and what is none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from sluice.contracts.drop import is_aside, is_part
from sluice.contracts.names import SPEC_FILE, is_like_spec
from sluice.validation.formats.commands import column, duckdb
from sluice.validation.formats.lake import refuse_lake
from sluice.validation.formats.parts import Part
from sluice.validation.formats.registry import Format
from sluice.validation.refusals import Refused
from sluice.validation.rows.sql import literal
from sluice.validation.wording import shown


def files_below(folder: Path) -> list[str]:
    """All files of a folder on this machine, by their paths in it, in order."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path.relative_to(folder).as_posix() for path in paths)


def check_listing(name: str, files: Iterable[str], where: str | None = None) -> None:
    """Refuse the folder `name` where its files are no parts of one table, whatever they hold.

    `where` is the folder as a command takes it, if that is not `name`.
    """
    files = list(files)
    refuse_lake(name, files, where)
    for file in files:
        last = file.rpartition("/")[2]
        if last == SPEC_FILE or is_like_spec(last):
            raise Refused(
                "misplaced-spec",
                f"{name}/{file}: a folder of parts holds no settings.",
                remedy=f"Move it out of the folder; {SPEC_FILE} lies beside {name}, and in the "
                f"bucket at MODEL/{SPEC_FILE}.",
            )


def check_beside(file: Path) -> None:
    """Refuse a file on this machine that lies in a lake table, which says whether it counts."""
    folder = file.resolve().parent
    logs = [f"{path.name}/" for path in folder.iterdir() if path.is_dir()]
    refuse_lake(folder.name, logs, str(file.parent))


def not_read(files: Iterable[str]) -> list[str]:
    """The files that look like data and are none; markers, which tools hide too, left out."""
    return [file for file in files if is_aside(file) and is_part(f"{file}.csv")]


def check_hive(name: str, parts: Sequence[Part], names: Sequence[str], form: Format) -> None:
    """Refuse parts below folders called `column=value` where they do not have the column too: its
    values would be lost."""
    known = {name.casefold() for name in names}
    for part in parts:
        file = part.name.removeprefix(f"{name}/")
        lost = [key for key in _hive_columns(file) if key.casefold() not in known]
        if lost:
            reader = {"parquet": "read_parquet", "csv": "read_csv"}.get(form.name, "read_json")
            raise Refused(
                "hive-folders",
                f"{part.name}: the values of {shown(lost[0])} stand in the folders' names and not "
                "in the files, so they would be lost.",
                remedy="Write one file that has them, and drop that: "
                + _with_columns(name, _hive_columns(file), f"**/*{Path(file).suffix}", reader),
                column=lost[0],
            )


def _with_columns(name: str, columns: Sequence[str], files: str, reader: str) -> str:
    """The command that writes the folders' columns into one file, before the others: the last one
    is the target, where nothing says otherwise."""
    first = ", ".join(map(column, columns))
    return duckdb(
        f"COPY (SELECT {first}, * EXCLUDE ({first}) FROM {reader}({literal(f'{name}/{files}')}, "
        f"hive_partitioning = true)) TO {literal(f'{name}-rows.parquet')} (FORMAT parquet)"
    )


def _hive_columns(file: str) -> list[str]:
    """The columns whose values the folders' names give, `year=2025/month=11/`, as Hive has it."""
    return [piece.partition("=")[0] for piece in file.split("/")[:-1] if piece.find("=") > 0]
