"""The scanner and the measures, in C: CSV in, typed and proved rows kept in scratch, numbers out.

count.c     the records of a file, counted apart
reader.c    records and their fields -> scan.c: values, by values.c -> stage.c: a file of columns
staged.c    such files read again, by DuckDB, or by measure.c, tally.c, quantiles.c and groups.c
rows.c      what a row is known by, and on which side of the split it falls

`build.py` compiles it, `library.py` loads it; `scan.py`, `stage.py` and `measure.py` are what the
engine calls.
"""
