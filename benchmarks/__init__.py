"""Measurements, each with its log beside it; negative results stay in."""
