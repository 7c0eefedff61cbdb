"""The engine of validate: is this drop good data, and what dataset does it become?

Used by the validate function and by `sluice validate` alike; it knows no cloud and no network.
`engine.py` shows the order of the steps.
"""

from __future__ import annotations

from sluice.validation.engine import validate
from sluice.validation.render import render_html

__all__ = ["render_html", "validate"]
