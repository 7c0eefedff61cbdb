"""How the file was read, where a person may want to know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sluice.contracts.dataset import Finding
from sluice.contracts.spec import Read
from sluice.validation.findings.facts import StoredRows
from sluice.validation.formats.registry import Format
from sluice.validation.formats.source import Content
from sluice.validation.wording import counted


def source_notes(rows: StoredRows) -> Iterable[Finding]:
    """What was found while the files were opened."""
    return rows.source.notes


def no_header(rows: StoredRows) -> Iterator[Finding]:
    """A first row that was taken for values, so that columns have no names of their own."""
    source = rows.source
    if source.dialect.get("header") is False and "header" not in source.dialect["stated"]:
        yield Finding(
            severity="warn",
            code="no-header",
            message=f"{source.place(1).text}: the first record holds values, no names, so the "
            f"columns are called {source.names[0]} to {source.names[-1]}.",
            remedy="Add a header line with the columns' names.",
            line=1,
        )


def blank_lines(rows: StoredRows) -> Iterator[Finding]:
    """Lines that hold nothing and were skipped."""
    if blank := rows.source.dialect.get("blank_lines"):
        yield Finding(
            severity="note",
            code="blank-lines",
            message=f"{counted(blank, 'blank line')} skipped.",
        )


def read_unused(name: str, what: Format | Content, stated: Read) -> Iterator[Finding]:
    """What sluice.yaml states of other formats, which says nothing of this one."""
    unused = sorted(stated.model_dump(exclude_defaults=True).keys() - what.reads)
    if unused:
        yield Finding(
            severity="warn",
            code="read-unused",
            message=f"{name}: `read` in sluice.yaml states {', '.join(unused)}, which tells "
            f"nothing of {what.words}; it was read without.",
            remedy="Remove it, if no other files are to come.",
        )
