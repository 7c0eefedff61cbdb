"""The scanner and the measures, in C: CSV in, typed and proved rows stored in scratch, numbers out.

The C lies in `native/`, with a README. `build.py` compiles it, `interface.py` says what ctypes sees
of it, `version.py` makes sure that the two agree, `library.py` loads it. `scan.py`, `stored.py`,
`stream.py` and `measure.py` are what the engine calls; `tallies.py` is what a scan answers.
"""
