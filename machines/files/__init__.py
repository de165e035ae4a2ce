"""Files on machines and here: found by themselves, fetched, sent, with their size and hash compared."""
