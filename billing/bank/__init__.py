"""Statements of a bank: read from CAMT.053 or CSV, each line once, matched with what is open, booked with one tap."""
