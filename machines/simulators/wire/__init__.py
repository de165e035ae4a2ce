"""Simulated machines on the wire: each speaks the protocol of a real one, on a port of this computer."""
