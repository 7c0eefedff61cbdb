"""The rows of a drop: typed, staged once, held to what sluice.yaml states, and written."""
