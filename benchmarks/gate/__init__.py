"""How often the gate is wrong: noise that passes, equally good models that it stops."""
