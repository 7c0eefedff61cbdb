"""Which sheet of a workbook is the table: the stated one, or the only one that holds anything."""

from __future__ import annotations

import difflib

from sluice.contracts.spec_lines import quoted
from sluice.validation.formats.excel.book import Book, Sheet
from sluice.validation.formats.excel.cell_count import has_values
from sluice.validation.refusals import Refused
from sluice.validation.wording import listed, shown


def chosen_sheet(book: Book, stated: str | None) -> Sheet:
    """The sheet to read; a hidden one counts like any other.

    Raises `Refused` where there is none, or where there are several to choose from.
    """
    name = book.package.part.name
    if stated is not None:
        return _stated(book, stated)
    full = [sheet for sheet in book.sheets if has_values(book, sheet)]
    if not full:
        raise Refused(
            "empty-file",
            f"{name}: no sheet of this workbook holds a value.",
            remedy="Export it again, with a header and at least 20 rows.",
        )
    if len(full) > 1:
        hidden = [sheet.name for sheet in full if sheet.is_hidden]
        also = f" ({listed(hidden)} hidden)" if hidden else ""
        raise Refused(
            "several-sheets",
            f"{name}: {len(full)} sheets hold values: {listed([s.name for s in full])}{also}.",
            remedy="State which one is the table in sluice.yaml, such as "
            f"`read: {{sheet: {quoted(full[0].name)}}}`, or delete the others.",
        )
    return full[0]


def _stated(book: Book, stated: str) -> Sheet:
    found = next((sheet for sheet in book.sheets if sheet.name == stated), None)
    name = book.package.part.name
    if found is None:
        names = [sheet.name for sheet in book.sheets]
        close = difflib.get_close_matches(stated, names, n=1)
        raise Refused(
            "unknown-sheet",
            f"{name}: sluice.yaml states the sheet {shown(stated)}, and there is no such sheet.",
            remedy=f"Did you mean `read: {{sheet: {quoted(close[0])}}}` in sluice.yaml?"
            if close
            else f"There are {listed(names)}; state one, such as "
            f"`read: {{sheet: {quoted(names[0])}}}` in sluice.yaml.",
        )
    if not has_values(book, found):
        raise Refused(
            "empty-file",
            f"{name}: the sheet {shown(stated)}, which sluice.yaml states, holds no value.",
            remedy="Export it again, or correct `read.sheet` in sluice.yaml.",
        )
    return found
