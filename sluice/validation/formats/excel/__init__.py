"""Excel workbooks (.xlsx): the one sheet of data, streamed, every cell as Excel means it.

book, sheets -> cells (values, shared_strings, number_formats) -> columns, observations ->
reading, held against cell_count.
"""
