"""The file formats that a drop may be in: a folder each, and a row of `registry.py`.

To add one: in a folder of its own, a function that takes an `Opening` and returns a `Source`; then
its row. Where rows are rewritten as CSV in scratch, a `ScannedSource` types and stores them; a
format that has types of its own brings a class, as Parquet does. What a file is by its first bytes,
text made UTF-8, expanding, headers: the modules beside the folders. test_new_format.py adds one.
"""
