"""What machines do becomes production: whose it is, what it took, and what the operator says lies on the plate.

See docs/adr/0011.
"""
