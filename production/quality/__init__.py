"""Checks of pieces and what is not as it should be: see docs/adr/0018.

`planning` gives lines their checks, `checking` takes results, `gate` keeps a run from ending without them, `deciding`
says what becomes of pieces that are not good, `report` counts.
"""
