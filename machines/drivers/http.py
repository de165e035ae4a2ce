"""Talking HTTP with a machine: one request at a time, to one address, with a limit on everything it may answer."""

import asyncio
import hashlib
import json
import os
import re
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from laseros.core.drivers import CredentialsRefused, FileTrouble, Unreachable

from .addresses import resolved

ANSWER_WITHIN = 8.0
LARGEST_ANSWER = 4 * 1024 * 1024
CHUNK = 256 * 1024


class Answered(Exception):
    """The machine answered, and it was a no: `status`, its words, and the beginning of its answer as it came."""

    def __init__(self, status: int, words: str, body: bytes = b""):
        super().__init__(words or f"HTTP {status}")
        self.status, self.words, self.body = status, words, body


def base_of(address: str, port: int) -> URL:
    """`printer`, `192.168.1.20:5000` or `https://…/octoprint` as an address to ask under."""
    text = (address or "").strip()
    try:
        url = URL(text if "://" in text else f"http://{text}")
        usual = url.explicit_port is None and url.scheme == "http"
        url = url.with_port(port) if usual else url
    except ValueError:
        raise Unreachable("this is not the address of a machine") from None
    if url.scheme not in ("http", "https") or not url.host or url.user or url.password:
        raise Unreachable("this is not the address of a machine")
    return URL(str(url).split("?")[0].split("#")[0].rstrip("/"), encoded=True)


class Api:
    """Requests below one base address. `headers` go along with each; `digest` is (user, password)."""

    def __init__(self, base: URL, headers: dict | None = None, digest: tuple[str, str] | None = None):
        self.base = base
        self.headers = headers or {}
        self.digest = Digest(*digest) if digest else None
        self.session: aiohttp.ClientSession | None = None
        self.skew = 0.0  # seconds the machine's clock is ahead of ours
        self._turn = asyncio.Lock()

    async def open(self) -> None:
        address = await resolved(self.base.host, self.base.port)
        connector = aiohttp.TCPConnector(resolver=_Known(address), limit=4, use_dns_cache=False)
        timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN, connect=5.0)
        self.session = aiohttp.ClientSession(
            connector=connector, timeout=timeout, trust_env=False, middlewares=(self._only_there,)
        )

    async def close(self) -> None:
        if self.session is not None:
            await self.session.close()

    async def _only_there(self, request, handler):
        """Also what follows a redirect by itself, as the opening of a websocket does, ends here."""
        if request.url.origin() != self.base.origin():
            raise Unreachable("it sends us to another address, which is not followed")
        return await handler(request)

    @asynccontextmanager
    async def socket(self, path: str):
        """A websocket; an `OSError` or the end of it is `Unreachable`."""
        try:
            async with self.session.ws_connect(
                self.url(path), headers=self.headers, heartbeat=20, max_msg_size=LARGEST_ANSWER, autoping=True
            ) as socket:
                yield socket
        except aiohttp.WSServerHandshakeError as error:
            if error.status in (401, 403):
                raise CredentialsRefused("the key or password is wrong") from None
            raise Unreachable(f"it opens no live connection ({error.status})") from None
        except TimeoutError:
            raise Unreachable("no answer") from None
        except aiohttp.ClientError as error:
            raise Unreachable(_words(error)) from None

    def url(self, path: str) -> URL:
        return URL(f"{self.base}{path}", encoded="%" in path)

    async def get(self, path: str, **more):
        return await self.ask("GET", path, **more)

    async def post(self, path: str, body=None, **more):
        return await self.ask("POST", path, json=body, **more)

    async def ask(self, method: str, path: str, **more):
        """The JSON of the answer, None for an empty one. Raises `Unreachable`, `CredentialsRefused` or `Answered`."""
        async with self._turn, self.opened(method, path, **more) as response:
            body = await self.body(response)
            if not body.strip() or response.status == 204:
                return None
            try:
                return json.loads(body)
            except (ValueError, RecursionError):
                raise Unreachable("the answer is not JSON; another program is listening there") from None

    async def body(self, response) -> bytes:
        """All of an answer, as far as one may go."""
        return await _body(response)

    @asynccontextmanager
    async def opened(self, method: str, path: str, **more):
        """An answer that is read as it comes. Raises as `ask` does."""
        url = self.url(path)
        headers = {**self.headers, **more.pop("headers", {})}
        try:
            for attempt in (1, 2):
                if self.digest and self.digest.challenge:
                    headers["Authorization"] = self.digest.header(method, url.raw_path_qs)
                async with self.session.request(
                    method, url, headers=headers, allow_redirects=False, **more
                ) as response:
                    if response.status == 401 and attempt == 1 and self.digest and self.digest.take(response):
                        continue
                    self._look_at_clock(response)
                    await _judge(response)
                    yield response
                    return
        except TimeoutError:
            raise Unreachable("no answer") from None
        except aiohttp.ClientError as error:
            raise Unreachable(_words(error)) from None

    def _look_at_clock(self, response) -> None:
        try:
            said = parsedate_to_datetime(response.headers.get("Date", ""))
            self.skew = (said - datetime.now(UTC)).total_seconds()
        except (TypeError, ValueError):
            return

    def ours(self, moment: float) -> datetime | None:
        """A moment by the machine's clock, in seconds since 1970, as ours would have said it."""
        try:
            return datetime.fromtimestamp(moment - self.skew, UTC)
        except (OverflowError, OSError, ValueError, TypeError):
            return None

    async def download(self, path: str, target: Path, most: int) -> None:
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=30)
        async with self.opened("GET", path, timeout=timeout) as response:
            got = 0
            with open(target, "wb") as file:
                async for piece in response.content.iter_chunked(CHUNK):
                    got += len(piece)
                    if got > most:
                        raise FileTrouble("the file is larger than allowed")
                    file.write(piece)
            wanted = response.headers.get("Content-Length")
            if wanted and wanted.isdigit() and int(wanted) != got and not response.headers.get("Content-Encoding"):
                raise FileTrouble("the file did not arrive whole")


async def heard(socket, within: float) -> dict | None:
    """The next message that is a JSON object; None when nothing came. Raises `Unreachable` at the end."""
    try:
        async with asyncio.timeout(within):
            while True:
                message = await socket.receive()
                if message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSING):
                    raise Unreachable("the machine ended the connection")
                if message.type == aiohttp.WSMsgType.ERROR:
                    raise Unreachable("the connection is gone")
                if message.type != aiohttp.WSMsgType.TEXT:
                    continue
                try:
                    said = json.loads(message.data)
                except (ValueError, RecursionError):
                    continue
                if isinstance(said, dict):
                    return said
    except TimeoutError:
        return None


class _Known(AbstractResolver):
    """Answers every name with the address that was judged."""

    def __init__(self, address: str):
        self.address = address

    async def resolve(self, host, port=0, family=0):
        return [
            {"hostname": host, "host": self.address, "port": port, "family": family, "proto": 0, "flags": 0},
        ]

    async def close(self):
        """Nothing is held."""


async def _body(response) -> bytes:
    body = bytearray()
    async for piece in response.content.iter_chunked(CHUNK):
        body += piece
        if len(body) > LARGEST_ANSWER:
            raise Unreachable("the answer is larger than any machine's")
    return bytes(body)


async def _judge(response) -> None:
    if response.status < 300:
        return
    if response.status < 400:
        raise Unreachable("it sends us to another address, which is not followed")
    if response.status in (401, 403):
        raise CredentialsRefused("the key or password is wrong")
    body = (await _body(response))[:20_000]
    raise Answered(response.status, _reason(body), body)


def _reason(body: bytes) -> str:
    """What a machine says when it says no: the first line of whatever it calls its message."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    for name in ("error", "message", "title", "text"):
        if isinstance(said, dict) and said.get(name):
            said = said[name]
            if isinstance(said, dict):
                return _reason(json.dumps(said).encode())
    return str(said).splitlines()[0][:200] if isinstance(said, str) and said.strip() else ""


def _words(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return "its certificate is not one this computer trusts"
    if isinstance(error, aiohttp.ClientConnectorError):
        reason = getattr(error.os_error, "errno", None)
        return f"nobody answers there ({os.strerror(reason).lower()})" if reason else "nobody answers there"
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return "the machine ended the connection"
    return "what it answers is not HTTP"


class Digest:
    """Answers a digest challenge (MD5 and MD5-sess), also of printers that leave parts of it out."""

    def __init__(self, user: str, password: str):
        self.user, self.password = user, password
        self.challenge: dict[str, str] = {}
        self.count = 0

    def take(self, response) -> bool:
        """Whether this 401 asks something that can be answered."""
        for line in response.headers.getall("WWW-Authenticate", []):
            kind, _space, rest = line.partition(" ")
            if kind.lower() == "digest":
                pairs = re.findall(r'(\w+)=(?:"([^"]*)"|([^",\s]+))', rest)
                self.challenge = {name.lower(): quoted or bare for name, quoted, bare in pairs}
                self.count = 0
                return "nonce" in self.challenge
        return False

    def header(self, method: str, path: str) -> str:
        said = self.challenge
        self.count += 1
        cnonce, count = os.urandom(8).hex(), f"{self.count:08x}"
        session = said.get("algorithm", "").lower() == "md5-sess"
        ha1 = _md5(f"{self.user}:{said.get('realm', '')}:{self.password}")
        if session:
            ha1 = _md5(f"{ha1}:{said['nonce']}:{cnonce}")
        ha2 = _md5(f"{method}:{path}")
        fields = {"username": self.user, "realm": said.get("realm", ""), "nonce": said["nonce"], "uri": path}
        bare = {}
        if "auth" in [each.strip() for each in said.get("qop", "").split(",")]:
            fields["response"] = _md5(f"{ha1}:{said['nonce']}:{count}:{cnonce}:auth:{ha2}")
            fields["cnonce"] = cnonce
            bare = {"qop": "auth", "nc": count}
            if "algorithm" in said:
                bare["algorithm"] = said["algorithm"]
        else:
            # Printers' own firmware asks without qop, and takes no answer that names the algorithm.
            fields["response"] = _md5(f"{ha1}:{said['nonce']}:{ha2}")
            if session:
                bare["algorithm"], fields["cnonce"] = said["algorithm"], cnonce
        if "opaque" in said:
            fields["opaque"] = said["opaque"]
        parts = [f'{name}="{value}"' for name, value in fields.items()]
        return "Digest " + ", ".join([*parts, *(f"{name}={value}" for name, value in bare.items())])


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
