"""A stream that is squeezed and sealed in chunks, with or without a key.

    b"LaserOS backup\\n"  length (4 bytes)  header (JSON)  then chunks: length and mark of the last (4 bytes), sealed

A chunk is sealed under (7 random bytes of the file, its number, whether it is the last) and the header: none can be
changed, moved, left out or put behind the last one. AES-256-GCM with the key of scrypt; without a key a checksum stands
in its place, that shows damage and hides nothing.
"""

import base64
import hashlib
import json
import secrets
import struct
import zlib
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.utils.translation import gettext as _

from laseros.core.errors import Refused

MAGIC = b"LaserOS backup\n"
CHUNK = 1 << 20  # bytes
TAG = 16
LAST = 1 << 31
LONGEST_HEADER = 1 << 16
# What OWASP asks for (2024): 128 MB and a third of a second for each guess.
SCRYPT = {"n": 1 << 17, "r": 8, "p": 1}
DEAREST = 1 << 20  # more than this `n` in a header is an attack on our memory


class Damaged(Refused):
    """Not what was written, or not with this key."""


class Sealed:
    """Written to like a file; whole when `close` has been called."""

    def __init__(self, raw: BinaryIO, header: dict, passphrase: str = ""):
        header = {**header, "encrypted": bool(passphrase), "nonce": _text(secrets.token_bytes(7))}
        if passphrase:
            header["scrypt"] = {**SCRYPT, "salt": _text(secrets.token_bytes(16))}
        said = json.dumps(header).encode()
        self._raw, self._number, self._waiting = raw, 0, bytearray()
        self._squeeze = zlib.compressobj(1)
        before = MAGIC + struct.pack(">I", len(said)) + said
        self._seal = _Seal(header, before, passphrase)
        raw.write(before)

    def write(self, data: bytes) -> int:
        self._waiting += self._squeeze.compress(data)
        while len(self._waiting) > CHUNK:
            self._put(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def close(self) -> None:
        self._waiting += self._squeeze.flush()
        while len(self._waiting) > CHUNK:
            self._put(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        self._put(bytes(self._waiting), last=True)

    def _put(self, chunk: bytes, last: bool) -> None:
        sealed = self._seal.seal(chunk, self._number, last)
        self._raw.write(struct.pack(">I", len(sealed) | (LAST if last else 0)) + sealed)
        self._number += 1


class Opened:
    """Read like a file. `Damaged` at the first chunk that is not as it was written."""

    def __init__(self, raw: BinaryIO, passphrase: str = ""):
        self.header, before = _header(raw)
        if self.header["encrypted"] and not passphrase:
            raise Refused(_("This backup is encrypted: set BACKUP_KEY to the key it was made with."), code="no key")
        self._raw, self._number, self._clear, self._ended = raw, 0, bytearray(), False
        self._widen = zlib.decompressobj()
        self._seal = _Seal(self.header, before, passphrase if self.header["encrypted"] else "")

    def read(self, size: int) -> bytes:
        while len(self._clear) < size and not self._widen.eof:
            self._more()
        found = bytes(self._clear[:size])
        del self._clear[:size]
        return found

    def finish(self) -> None:
        """Read to the end: that it is there is what shows that nothing was cut off."""
        while self.read(CHUNK):
            pass
        while not self._ended:
            self._chunk()

    def _more(self) -> None:
        sealed = self._widen.unconsumed_tail or (b"" if self._ended else self._chunk())
        try:
            found = self._widen.decompress(sealed, CHUNK)
        except zlib.error as error:
            raise Damaged(
                _("The backup is damaged: what is sealed in it cannot be widened."), code="damaged"
            ) from error
        if self._ended and not found and not self._widen.eof:
            raise Damaged(_("The backup ends too early: it was cut off."), code="damaged")
        self._clear += found

    def _chunk(self) -> bytes:
        said = self._raw.read(4)
        if len(said) < 4:
            raise Damaged(_("The backup ends too early: it was cut off."), code="damaged")
        (length,) = struct.unpack(">I", said)
        last, length = bool(length & LAST), length & ~LAST
        if not TAG <= length <= CHUNK + TAG:
            raise Damaged(_("The backup is damaged at chunk %(number)s.") % {"number": self._number}, code="damaged")
        sealed = self._raw.read(length)
        if len(sealed) < length:
            raise Damaged(_("The backup ends too early: it was cut off."), code="damaged")
        chunk = self._seal.open(sealed, self._number, last)
        self._number += 1
        if last:
            self._ended = True
            if self._raw.read(1):
                raise Damaged(_("Something stands behind the end of the backup."), code="damaged")
        return chunk


def header_of(raw: BinaryIO) -> dict:
    """What a backup says of itself without a key: made, version, encrypted. `Refused` where it is none."""
    return _header(raw)[0]


class _Seal:
    def __init__(self, header: dict, before: bytes, passphrase: str):
        self._nonce, self._before = base64.b64decode(header["nonce"]), before
        self._cipher = AESGCM(_key(header["scrypt"], passphrase)) if passphrase else None

    def seal(self, chunk: bytes, number: int, last: bool) -> bytes:
        if self._cipher is None:
            return chunk + self._sum(chunk, number, last)
        return self._cipher.encrypt(self._place(number, last), chunk, self._before)

    def open(self, sealed: bytes, number: int, last: bool) -> bytes:
        if self._cipher is None:
            chunk = sealed[:-TAG]
            if sealed[-TAG:] != self._sum(chunk, number, last):
                raise Damaged(_("The backup is damaged at chunk %(number)s.") % {"number": number}, code="damaged")
            return chunk
        try:
            return self._cipher.decrypt(self._place(number, last), sealed, self._before)
        except InvalidTag as error:
            if number == 0:
                raise Damaged(
                    _("BACKUP_KEY is not the key of this backup, or its beginning is damaged."), code="key"
                ) from error
            raise Damaged(
                _("The backup is damaged at chunk %(number)s.") % {"number": number}, code="damaged"
            ) from error

    def _place(self, number: int, last: bool) -> bytes:
        return self._nonce + struct.pack(">I?", number, last)

    def _sum(self, chunk: bytes, number: int, last: bool) -> bytes:
        return hashlib.sha256(self._before + self._place(number, last) + chunk).digest()[:TAG]


def _key(scrypt: dict, passphrase: str) -> bytes:
    made = Scrypt(salt=base64.b64decode(scrypt["salt"]), length=32, n=scrypt["n"], r=scrypt["r"], p=scrypt["p"])
    return made.derive(passphrase.encode())


def _header(raw: BinaryIO) -> tuple[dict, bytes]:
    no_backup = Refused(_("This file is no backup of Laser OS."), code="no backup")
    start = raw.read(len(MAGIC) + 4)
    if len(start) < len(MAGIC) + 4 or not start.startswith(MAGIC):
        raise no_backup
    (length,) = struct.unpack(">I", start[len(MAGIC) :])
    said = raw.read(length) if length <= LONGEST_HEADER else b""
    try:
        header = json.loads(said)
        fits = len(base64.b64decode(header["nonce"])) == 7 and isinstance(header["encrypted"], bool)
        if header["encrypted"]:
            scrypt = header["scrypt"]
            base64.b64decode(scrypt["salt"])
            fits = fits and scrypt["n"] <= DEAREST and scrypt["r"] <= 8 and scrypt["p"] <= 4
    except (ValueError, KeyError, TypeError):
        raise no_backup from None
    if not fits:
        raise no_backup
    return header, start + said


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
