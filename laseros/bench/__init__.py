"""Measuring pages as ratios against a bare reference view in the same run: `manage.py bench`."""
