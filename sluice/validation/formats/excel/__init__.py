"""Excel workbooks (.xlsx): the one sheet of data, streamed, every cell as Excel means it.

book, sheets -> cells (values, texts, formats) -> columns, survey -> reading, held against count.
"""

from __future__ import annotations

from sluice.validation.formats.excel.reading import prepare_excel

__all__ = ["prepare_excel"]
