"""Sluice: drop a dataset in a bucket, get a measured model behind HTTPS."""

__version__ = "0.1.0"
