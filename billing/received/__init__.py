"""Electronic invoices that others send us: kept as they came, checked, approved and paid.

`keeping` takes one in, `judging` says what is odd about it, `deciding` approves or rejects it, `paying` says what was
paid of it, `ordering` which purchase order it is for, `owing` what is still to be paid.
"""
