"""What stands in a backup, member by member, with the sum of each: written and read as a stream."""

import hashlib
import io
import sqlite3
import tarfile
from collections.abc import Iterator
from typing import BinaryIO

from django.utils.translation import gettext as _

from laseros.backups.sealing import CHUNK, Damaged, Opened, Sealed

SECRET_KEY, SCHEMA, SUMS, MANIFEST = "secret_key", "database/schema.json", "SHA256SUMS", "manifest.json"
FILES, ROWS = "files/", "database/rows/"


class Members:
    """Name → sum, size and time of change of what was written or read, however many: on the disk, and gone with us."""

    def __init__(self):
        self._kept = sqlite3.connect("", isolation_level=None)
        self._kept.execute("PRAGMA journal_mode = OFF")
        self._kept.execute("CREATE TABLE member (name TEXT PRIMARY KEY, sum TEXT, size INTEGER, changed INTEGER)")

    def note(self, name: str, sum_: str, size: int, changed: int = 0) -> None:
        self._kept.execute("INSERT OR REPLACE INTO member VALUES (?, ?, ?, ?)", [name, sum_, size, changed])

    def has(self, name: str, size: int | None = None, changed: int | None = None) -> bool:
        """Whether it is there; with size and change, whether it is there as it is now."""
        row = self._kept.execute("SELECT size, changed FROM member WHERE name = ?", [name]).fetchone()
        return row is not None and (size is None or row == (size, changed))

    def sums(self) -> Iterator[tuple[str, str]]:
        yield from self._kept.execute("SELECT sum, name FROM member ORDER BY name")

    def count(self, beginning: str) -> int:
        return self._kept.execute(
            "SELECT COUNT(*) FROM member WHERE substr(name, 1, ?) = ?", [len(beginning), beginning]
        ).fetchone()[0]

    def close(self) -> None:
        self._kept.close()


class Writer:
    def __init__(self, sealed: Sealed):
        self.members = Members()
        self._sealed = sealed
        self._tar = tarfile.open(  # noqa: SIM115 (open as long as we are)
            fileobj=sealed, mode="w|", format=tarfile.PAX_FORMAT, bufsize=CHUNK // 4
        )

    def put(self, name: str, content: bytes) -> None:
        self.put_from(name, io.BytesIO(content), len(content))

    def put_from(self, name: str, handle: BinaryIO, size: int, changed: int = 0) -> None:
        """Exactly `size` bytes. OSError when there are fewer: then nothing written before is of any use."""
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = size, 0o600, changed // 1_000_000_000
        summed = _Summed(handle)
        self._tar.addfile(info, summed)
        self._tar.members.clear()  # it would remember all of them
        self.members.note(name, summed.sum.hexdigest(), size, changed)

    def close(self) -> None:
        self._tar.close()
        self._sealed.close()


class Reader:
    def __init__(self, opened: Opened):
        self.members = Members()
        self._opened = opened

    def __iter__(self) -> Iterator[tuple[str, BinaryIO]]:
        """(name, what it holds), to be read before the next one is asked for."""
        try:
            tar = tarfile.open(fileobj=self._opened, mode="r|", bufsize=CHUNK // 4)  # noqa: SIM115 (nothing to close)
            for info in tar:
                tar.members.clear()
                if not info.isreg() or not _stays_below(info.name):
                    raise Damaged(
                        _("The backup holds what no backup holds: %(name)s") % {"name": info.name}, code="damaged"
                    )
                summed = _Summed(tar.extractfile(info))
                yield info.name, summed
                while summed.read(CHUNK):
                    pass
                self.members.note(info.name, summed.sum.hexdigest(), info.size)
        except tarfile.TarError as error:
            raise Damaged(_("The backup is damaged: %(why)s") % {"why": error}, code="damaged") from error
        self._opened.finish()


def lines(content: BinaryIO) -> Iterator[str]:
    """The lines of a member of any length."""
    left = b""
    while found := content.read(CHUNK):
        *whole, left = (left + found).split(b"\n")
        yield from (line.decode() for line in whole)
    if left:
        yield left.decode()


class _Summed:
    """Read through, with the sum of what was read."""

    def __init__(self, handle: BinaryIO):
        self._handle, self.sum = handle, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        found = self._handle.read(size)
        self.sum.update(found)
        return found


def _stays_below(name: str) -> bool:
    return not name.startswith("/") and "\\" not in name and ".." not in name.split("/") and "\0" not in name
