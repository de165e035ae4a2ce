"""Machines that are not there, as believable as they are harmless."""
