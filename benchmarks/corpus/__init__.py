"""Validate against its peers."""
