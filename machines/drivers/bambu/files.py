"""Files of a Bambu printer, over FTP inside TLS from the first byte. Blocking: for a thread of its own."""

import ftplib
import socket
import ssl
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from laseros.core.drivers import CredentialsRefused, FileTrouble, RemoteFile, Unreachable

from .certificates import Trust
from .wire import USER

CONTROL_WITHIN = 15.0
CLOSE_WITHIN = 3.0  # some printers never end a data connection properly
SLOWEST = 25_000  # bytes a second
CHUNK = 128 * 1024
PLACES = ("/", "/cache")
KINDS = (".3mf", ".gcode")


class Files:
    def __init__(self, address: str, port: int, code: str, trust: Trust):
        self.address, self.port, self.code, self.trust = address, port, code, trust

    @contextmanager
    def _session(self):
        ftp = _Ftps(self.trust)
        try:
            ftp.open(self.address, self.port, CONTROL_WITHIN)
            ftp.login(USER, self.code)
            ftp.prot_p()
            yield ftp
        except ftplib.error_perm as error:
            if str(error).startswith("530"):
                raise CredentialsRefused("the access code is wrong") from None
            raise FileTrouble(_words(error)) from None
        except ftplib.Error as error:
            raise FileTrouble(_words(error)) from None
        except (OSError, EOFError) as error:
            raise Unreachable(f"the file service does not answer ({str(error).lower()})") from None
        finally:
            with suppress(Exception):
                ftp.close()

    def all(self) -> list[RemoteFile]:
        found: dict[str, RemoteFile] = {}
        with self._session() as ftp:
            for place in PLACES:
                with suppress(ftplib.error_perm):
                    for name in ftp.nlst(place):
                        # Some printers answer whole paths, some bare names.
                        path = f"{place.rstrip('/')}/{name.rpartition('/')[2]}"
                        if path.lower().endswith(KINDS):
                            found[path] = RemoteFile(path, _size(ftp, path), _modified(ftp, path))
        return [found[path] for path in sorted(found)]

    def upload(self, source: Path, name: str) -> str:
        """Under another name first, and only named when its size is right. A second try, and then a refusal."""
        wanted = source.stat().st_size
        target, fresh = f"/{name}", f"/{name}.part"
        with self._session() as ftp:
            ftp.sock.settimeout(max(600.0, wanted / SLOWEST))
            for _attempt in (1, 2):
                arrived = self._store(ftp, source, fresh)
                if arrived == wanted:
                    with suppress(ftplib.error_perm):
                        ftp.delete(target)
                    ftp.rename(fresh, target)
                    return target
                with suppress(ftplib.Error):
                    ftp.delete(fresh)
        raise FileTrouble(f"only {arrived or 0} of {wanted} bytes arrived at the printer")

    def _store(self, ftp, source: Path, path: str) -> int | None:
        with source.open("rb") as file, suppress(ftplib.error_temp):  # its size says whether it arrived
            ftp.storbinary(f"STOR {path}", file, CHUNK)
        return _size(ftp, path)

    def download(self, path: str, target: Path, most: int) -> None:
        with self._session() as ftp:
            wanted = _size(ftp, path)
            if wanted is not None and wanted > most:
                raise FileTrouble("the file is larger than allowed")
            got = 0
            with target.open("wb") as file:

                def take(piece: bytes) -> None:
                    nonlocal got
                    got += len(piece)
                    if got > most:
                        raise FileTrouble("the file is larger than allowed")
                    file.write(piece)

                ftp.retrbinary(f"RETR {path}", take, CHUNK)
            if wanted is not None and got != wanted:
                raise FileTrouble("the file did not arrive whole")


class _DataSocket(ssl.SSLSocket):
    """Ends TLS in order, or a server takes the file for cut off; one that never answers to that is left alone."""

    def unwrap(self):
        self.settimeout(CLOSE_WITHIN)
        with suppress(OSError, ValueError):
            return super().unwrap()


class _Ftps(ftplib.FTP_TLS):
    """TLS from the first byte, and the same session for the data, without which many servers refuse it."""

    def __init__(self, trust: Trust):
        super().__init__(context=trust.context(newest=ssl.TLSVersion.TLSv1_2))
        self.context.sslsocket_class = _DataSocket
        self.trust = trust

    def open(self, address: str, port: int, within: float) -> None:
        self.host, self.port, self.timeout = address, port, within
        plain = socket.create_connection((address, port), within)
        self.af = plain.family
        self.sock = self.context.wrap_socket(plain, server_hostname=self.trust.serial)
        self.trust.judge(self.sock)
        self.file = self.sock.makefile("r", encoding=self.encoding)
        self.welcome = self.getresp()

    def login(self, user: str, password: str) -> None:
        ftplib.FTP.login(self, user, password)  # noqa: S321 (the session is inside TLS already)

    def ntransfercmd(self, cmd, rest=None):
        conn, size = ftplib.FTP.ntransfercmd(self, cmd, rest)  # noqa: S321 (its TLS follows)
        return self.context.wrap_socket(conn, server_hostname=self.trust.serial, session=self.sock.session), size


def _size(ftp, path: str) -> int | None:
    try:
        ftp.voidcmd("TYPE I")
        return ftp.size(path)
    except ftplib.error_perm:
        return None


def _modified(ftp, path: str) -> datetime | None:
    try:
        return datetime.strptime(ftp.voidcmd(f"MDTM {path}")[4:18], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except (ftplib.Error, ValueError):
        return None


def _words(error: Exception) -> str:
    return f"the printer's file service says: {str(error)[:120]}"
