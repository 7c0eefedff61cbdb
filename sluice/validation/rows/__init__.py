"""The rows of a drop: typed and stored once, held against the count, and written as a dataset.

candidates, columns -> plans (which type) -> shard (one process's part of the work) -> storing, with
agreement (as many rows as were counted) and rejects (rows that do not parse) -> table -> dataset.
"""
