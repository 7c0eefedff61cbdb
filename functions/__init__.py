"""The Lambda functions, one folder a stage: `handler.py` is thin, the file beside it decides.

Every handler does the same four things: read what the event is about; read the truth; decide,
purely; take the next idempotent step. Events are hints, so a duplicate, a late one and a redrive
all run through one code path.
"""
