"""The engine of validate: is this drop good data, and what dataset does it become?

Used by the validate function and by `sluice validate` alike; it knows no cloud and no network.
`engine.py` shows the order of the steps. Nothing is imported here, so that who needs one room, such
as watch `profile/shift.py`, does not pay for the others.
"""
