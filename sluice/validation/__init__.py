"""The engine of validate: is this drop good data, and what dataset does it become?

Used by the validate function and by `sluice validate` alike; it knows no cloud and no network.
`engine.py` shows the order of the steps.
"""

from __future__ import annotations

from sluice.validation.engine import validate
from sluice.validation.formats.manifest import hold_folder
from sluice.validation.refusals import Refused, refusal_report
from sluice.validation.report.render import render_html

__all__ = ["Refused", "hold_folder", "refusal_report", "render_html", "validate"]
