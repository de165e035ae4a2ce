"""As much of an FTP server inside TLS as a printer has in it: passive, one folder in memory, one client at a time."""

import socket
import ssl
import threading
from contextlib import suppress

from machines.simulators.wire.certificate import context_for


class FtpsServer:
    """`faults`: "cut" loses the end of the next upload, "deaf" never answers the end of TLS on the data."""

    def __init__(self, name: str, user: str, password: str, files: dict[str, bytes], host: str = "127.0.0.1"):
        self.user, self.password, self.files, self.host = user, password, files, host
        self.faults: set[str] = set()
        self.new_sessions = 0  # data connections that did not take the session of the control connection
        self.context = context_for(name, newest=ssl.TLSVersion.TLSv1_2)
        self.listening = socket.create_server((host, 0))
        self.port = self.listening.getsockname()[1]

    def start(self) -> None:
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        with suppress(OSError):
            self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()

    def _accept(self) -> None:
        while True:
            try:
                plain, _address = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(plain,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        with suppress(OSError, ssl.SSLError, ValueError):
            plain.settimeout(30)
            with self.context.wrap_socket(plain, server_side=True) as sock:
                _Session(self, sock).run()


class _Session:
    def __init__(self, server: FtpsServer, sock: ssl.SSLSocket):
        self.server, self.sock = server, sock
        self.said_user, self.is_in, self.renaming = "", False, ""
        self.passive: socket.socket | None = None

    def say(self, text: str) -> None:
        self.sock.sendall(text.encode() + b"\r\n")

    def run(self) -> None:
        self.say("220 ready")
        for line in self.sock.makefile("r", encoding="utf-8", newline="\r\n"):
            name, _space, rest = line.strip().partition(" ")
            deed = getattr(self, f"do_{name.lower()}", None)
            if deed is None or (not self.is_in and name.upper() not in ("USER", "PASS", "QUIT")):
                self.say("530 log in first" if deed else "502 not known")
                continue
            deed(rest)
            if name.upper() == "QUIT":
                return

    def do_user(self, rest):
        self.said_user = rest
        self.say("331 password")

    def do_pass(self, rest):
        self.is_in = (self.said_user, rest) == (self.server.user, self.server.password)
        self.say("230 in" if self.is_in else "530 no")

    def do_quit(self, rest):
        self.say("221 bye")

    def do_pbsz(self, rest):
        self.say("200 ok")

    do_prot = do_type = do_pbsz

    def do_pasv(self, rest):
        self._forget()
        self.passive = socket.create_server((self.server.host, 0))
        high, low = divmod(self.passive.getsockname()[1], 256)
        self.say(f"227 ({self.server.host.replace('.', ',')},{high},{low})")

    def do_epsv(self, rest):
        self.say("502 not known")

    def do_nlst(self, rest):
        place = rest.rstrip("/")
        names = [path for path in self.server.files if path.rpartition("/")[0] == place]
        with self._data() as data:
            data.sendall("".join(f"{name}\r\n" for name in names).encode())
            data.unwrap()
        self.say("226 done")

    def do_size(self, rest):
        found = self.server.files.get(rest)
        self.say("550 not there" if found is None else f"213 {len(found)}")

    def do_mdtm(self, rest):
        self.say("213 20261101120000" if rest in self.server.files else "550 not there")

    def do_retr(self, rest):
        if rest not in self.server.files:
            self.say("550 not there")
            return
        with self._data() as data:
            data.sendall(self.server.files[rest])
            data.unwrap()
        self.say("226 done")

    def do_stor(self, rest):
        got = bytearray()
        data = self._data()
        ended = False
        try:
            while piece := data.recv(65536):
                got += piece
            ended = True
            if "deaf" not in self.server.faults:
                data.unwrap()
        except (OSError, ssl.SSLError):
            ended = False if isinstance(data, ssl.SSLSocket) and not ended else ended
        data.close()
        if "cut" in self.server.faults:
            self.server.faults.discard("cut")
            got = got[: len(got) // 2]
        self.server.files[rest] = bytes(got)
        self.say("226 done" if ended else "426 the stream broke off")

    def do_dele(self, rest):
        self.say("250 gone" if self.server.files.pop(rest, None) is not None else "550 not there")

    def do_rnfr(self, rest):
        self.renaming = rest
        self.say("350 to what?" if rest in self.server.files else "550 not there")

    def do_rnto(self, rest):
        self.server.files[rest] = self.server.files.pop(self.renaming)
        self.say("250 done")

    def _data(self) -> ssl.SSLSocket:
        self.passive.settimeout(10)
        self.say("150 here it comes")
        plain, _address = self.passive.accept()
        data = self.server.context.wrap_socket(plain, server_side=True, suppress_ragged_eofs=False)
        data.settimeout(10)
        self._forget()
        if not data.session_reused:
            self.server.new_sessions += 1
            data.close()
            self.say("522 SSL connection failed: session reuse required")
            raise ValueError("no session")
        return data

    def _forget(self) -> None:
        if self.passive is not None:
            self.passive.close()
            self.passive = None
