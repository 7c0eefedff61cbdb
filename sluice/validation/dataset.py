"""The dataset that an accepted drop becomes: typed Parquet, split into train and holdout.

A row's side follows from its content alone: the salted MD5 of its values as canonical text, in
the order of the columns' names. So duplicates fall on one side, and a row keeps its side when it
is dropped again, in another order or with its columns in another order. MD5 is used for its
stability over versions and languages, not for secrecy; the salt keeps a dropper from choosing
the side.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sluice.validation.columns import Typed
from sluice.validation.findings import Refused, counted
from sluice.validation.reading import Raw
from sluice.validation.sql import literal

if TYPE_CHECKING:
    import duckdb

HOLDOUT_PERCENT: Final = 20
ROW_GROUP_ROWS: Final = 65_536
ROW_GROUP_CELLS: Final = 4_000_000
"""A row group of a wide table holds fewer rows, so that writing it fits in memory."""

_SEPARATOR = "chr(31)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Dataset:
    """The two files, and how SQL sees them: again with columns c1, c2, …"""

    train: Path
    holdout: Path
    train_rows: int
    holdout_rows: int
    width: int

    @property
    def rows(self) -> int:
        """Of both sides."""
        return self.train_rows + self.holdout_rows

    @property
    def everything(self) -> str:
        """Relation of all rows; their order is not the drop's."""
        return self._relation(self.train, self.holdout)

    @property
    def training(self) -> str:
        """Relation of the training rows."""
        return self._relation(self.train)

    def _relation(self, *paths: Path) -> str:
        files = ", ".join(literal(str(path)) for path in paths)
        aliases = ", ".join(f"c{i}" for i in range(1, self.width + 1))
        return f"(FROM read_parquet([{files}], hive_partitioning=false) AS t({aliases}))"


def is_holdout(columns: list[Typed], salt: str) -> str:
    """SQL over the stored values: true for rows that judge. Python's twin stands in the tests."""
    ordered = sorted(columns, key=lambda column: column.name)
    texts = ", ".join(map(_canonical, ordered))
    content = f"concat_ws({_SEPARATOR}, {literal(salt)}, {texts})"
    return f"('0x' || left(md5({content}), 8))::BIGINT % 100 < {HOLDOUT_PERCENT}"


def _canonical(column: Typed) -> str:
    """A stored value as text; a float that is whole is written as the integer it equals, so that
    a column keeps its rows' sides when it turns from integers to floats.

    NULLs are left out by concat_ws; two rows that then read alike only share a side.
    """
    text = f"{column.id}::VARCHAR"
    return f"regexp_replace({text}, '\\.0$', '')" if column.storage == "DOUBLE" else text


def write_dataset(
    con: duckdb.DuckDBPyConnection, raw: Raw, columns: list[Typed], *, salt: str, folder: Path
) -> Dataset:
    """Write `train/part-0.parquet` and `holdout/part-0.parquet` below `folder`, in one scan.

    Raises `Refused` where all rows fall on one side, or rows were lost.
    """
    side = _unused("holdout", columns)
    rows_in_group = min(ROW_GROUP_ROWS, max(2048, ROW_GROUP_CELLS // len(columns) // 2048 * 2048))
    values = ", ".join(f"{column.value} AS {column.id}" for column in columns)
    named = ", ".join(f"{column.id} AS {identifier(column.name)}" for column in columns)
    target = folder / "split"
    con.execute(
        f"COPY (SELECT {named}, {is_holdout(columns, salt)} AS {identifier(side)} "
        f"FROM (SELECT {values} FROM {raw.relation})) TO {literal(str(target))} "
        f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {rows_in_group}, "
        f"PARTITION_BY ({identifier(side)}))"
    )
    paths = {}
    for name, value in (("train", "false"), ("holdout", "true")):
        found = sorted((target / f"{side}={value}").glob("*.parquet"))
        if not found:
            raise Refused(
                "one-sided-split",
                f"{raw.place(1)[0].rsplit(',', 1)[0]}: all {raw.rows:,} rows fall on one side of "
                "the split, because most of them are equal.",
                remedy="Drop more rows that differ.",
            )
        paths[name] = folder / name / "part-0.parquet"
        paths[name].parent.mkdir(parents=True, exist_ok=True)
        found[0].replace(paths[name])
        found[0].parent.rmdir()
    target.rmdir()
    counts = {
        name: con.execute(
            f"SELECT num_rows FROM parquet_file_metadata({literal(str(path))})"
        ).fetchall()[0][0]
        for name, path in paths.items()
    }
    if sum(counts.values()) != raw.rows:
        raise RuntimeError(f"{sum(counts.values())} rows were written of {raw.rows}")
    return Dataset(
        train=paths["train"],
        holdout=paths["holdout"],
        train_rows=counts["train"],
        holdout_rows=counts["holdout"],
        width=len(columns),
    )


def duplicate_rows(con: duckdb.DuckDBPyConnection, data: Dataset) -> int:
    """Rows that repeat an earlier one exactly."""
    every = ", ".join(f"c{i}" for i in range(1, data.width + 1))
    distinct = con.execute(
        f"SELECT count(DISTINCT hash({every})) FROM {data.everything}"
    ).fetchall()[0][0]
    return int(data.rows - distinct)


def split_note(data: Dataset) -> str:
    """`120 rows to learn from and 30 to judge by`."""
    return f"{counted(data.train_rows, 'row')} to learn from and {data.holdout_rows:,} to judge by"


def identifier(name: str) -> str:
    """`name` as an SQL identifier, whatever characters it holds."""
    return '"' + name.replace('"', '""') + '"'


def _unused(name: str, columns: list[Typed]) -> str:
    taken = {column.name.casefold() for column in columns}
    while name in taken:
        name += "_"
    return name
