"""Nests: parts of several jobs laid out on sheets and remnants, from the question to sheets in a machine's queue."""
