"""Excel workbooks (.xlsx): the one sheet of data, streamed, every cell as Excel means it.

book, sheets -> cells (values, texts, formats) -> columns, survey -> reading, held against count.
"""
