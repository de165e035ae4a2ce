"""What a simulated machine remembers: one small JSON file, whole at every moment, one writer at a time."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Memory:
    def __init__(self, file: Path):
        self.file = file

    @contextmanager
    def opened(self) -> Iterator[dict]:
        """The memory as a dictionary; changes are kept when the block ends without an error."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with open(self.file.with_suffix(".lock"), "w") as lock:
            # Two watchers may hold the same machine for a moment while a lease changes hands.
            fcntl.flock(lock, fcntl.LOCK_EX)
            text = self._text()
            kept = _parsed(text)
            yield kept
            after = json.dumps(kept)
            if after != text:
                self._write(after)

    def _text(self) -> str:
        try:
            return self.file.read_text()
        except FileNotFoundError:
            return "{}"

    def _write(self, text: str) -> None:
        # Replaced in one step: whoever is killed half-way leaves the old memory behind, not half a new one.
        fresh = self.file.with_suffix(f".{os.getpid()}.new")
        fresh.write_text(text)
        os.replace(fresh, self.file)


def _parsed(text: str) -> dict:
    try:
        kept = json.loads(text)
    except ValueError:
        return {}
    return kept if isinstance(kept, dict) else {}
