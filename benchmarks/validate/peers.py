"""Who is measured, and what the issue of the engine promises against each.

A contestant is a program below `programs/`, run by the interpreter of a venv of its own; Sluice's
is the one that runs the benchmark. Versions are those current when the table was last measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

VENVS: Final[dict[str, tuple[str, ...]]] = {
    "pyarrow": ("pyarrow==26.0.1",),
    "pandera-pandas": ("pandera[pandas]==0.35.0", "pandas==3.1.1", "pyarrow==26.0.1"),
    "pandera-polars": ("pandera[polars]==0.35.0", "polars==2.1.0"),
    "pointblank": ("pointblank[pl]==1.1.1", "polars==2.1.0", "pyarrow==26.0.1"),
    "great-expectations": ("great-expectations==1.24.1", "pandas==3.1.1", "pyarrow==26.0.1"),
    "ydata-profiling": ("ydata-profiling==4.18.4", "pandas==2.3.3", "pyarrow==26.0.1"),
}
"""Packages of each venv, pinned; all of them install on CPython 3.11."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Contestant:
    """One row of the table."""

    name: str
    """As the table and `--only` call it."""
    program: str = ""
    """Below `programs/`; empty for a whole command, whose start-up is then part of its time."""
    options: tuple[str, ...] = ()
    venv: str = ""
    """Of `VENVS`; empty for Sluice's own."""
    times_slower: float | None = None
    """Sluice has to be so many times faster."""


YARDSTICK: Final = "pyarrow parse"
SLUICE: Final = "sluice validate"
DATASET: Final = "sluice, with the dataset"

CONTESTANTS: Final = (
    Contestant(name=SLUICE, program="sluice_validate", options=("check",)),
    Contestant(name=DATASET, program="sluice_validate", options=("dataset",)),
    Contestant(name="sluice, the whole command", options=("validate", "{file}", "--json")),
    Contestant(
        name=YARDSTICK, program="pyarrow_parse", options=("default", "found"), venv="pyarrow"
    ),
    Contestant(
        name="pyarrow parse, one thread",
        program="pyarrow_parse",
        options=("one", "found"),
        venv="pyarrow",
    ),
    Contestant(
        name="pyarrow parse, types stated",
        program="pyarrow_parse",
        options=("default", "stated"),
        venv="pyarrow",
    ),
    Contestant(
        name="pandas, read alone",
        program="pandera_pandas",
        options=("read",),
        venv="pandera-pandas",
    ),
    Contestant(
        name="polars, read alone",
        program="pandera_polars",
        options=("read",),
        venv="pandera-polars",
    ),
    Contestant(
        name="pandera on pandas",
        program="pandera_pandas",
        options=("check",),
        venv="pandera-pandas",
        times_slower=1.2,
    ),
    Contestant(
        name="pandera on polars",
        program="pandera_polars",
        options=("check",),
        venv="pandera-polars",
        times_slower=1.2,
    ),
    Contestant(
        name="pointblank checks", program="pointblank_polars", options=("check",), venv="pointblank"
    ),
    Contestant(
        name="pointblank DataScan",
        program="pointblank_polars",
        options=("scan",),
        venv="pointblank",
        times_slower=2.0,
    ),
    Contestant(
        name="Great Expectations, 20 checks",
        program="great_expectations_pandas",
        venv="great-expectations",
        times_slower=5.0,
    ),
    Contestant(
        name="ydata-profiling, minimal",
        program="ydata_minimal",
        venv="ydata-profiling",
        times_slower=25.0,
    ),
)
