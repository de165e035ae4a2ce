"""Backups of the whole installation: one sealed file, kept by rule, proven by being restored. See docs/adr/0022."""
