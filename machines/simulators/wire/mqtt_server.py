"""As much of an MQTT 3.1.1 server as a printer has in it: one name and password, a few listeners, QoS 0 and 1."""

import asyncio
import contextlib
import ssl
from collections.abc import Callable

CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK, PINGREQ, PINGRESP, DISCONNECT = 1, 2, 3, 4, 8, 9, 12, 13, 14
BAD_LOGIN = 5
LARGEST = 1024 * 1024


class MqttServer:
    """`heard(topic, payload)` is called for each message; `tell` sends one to those who listen to its topic."""

    def __init__(self, user: str, password: str, heard: Callable[[str, bytes], None]):
        self.user, self.password, self.heard = user, password, heard
        self.listeners: dict[asyncio.StreamWriter, set[str]] = {}
        self.server: asyncio.Server | None = None
        self.port = 0
        self.log_ins = 0

    async def start(self, context: ssl.SSLContext, host: str = "127.0.0.1", port: int = 0) -> None:
        self.server = await asyncio.start_server(self._serve, host, port, ssl=context)
        self.port = self.server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self.server.close()
        self.drop_all()

    def drop_all(self) -> None:
        """As a cable pulled: nobody is told."""
        for writer in list(self.listeners):
            writer.transport.abort()
        self.listeners.clear()

    def tell(self, topic: str, payload: bytes) -> None:
        name = topic.encode()
        packet = _packet(PUBLISH << 4, len(name).to_bytes(2, "big") + name + payload)
        for writer, topics in self.listeners.items():
            if topic in topics:
                writer.write(packet)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, ssl.SSLError, OSError):
            while True:
                kind, body = await _read(reader)
                if kind >> 4 == DISCONNECT or not self._answer(kind, body, writer):
                    break
                await writer.drain()
        self.listeners.pop(writer, None)
        with contextlib.suppress(Exception):
            writer.close()

    def _answer(self, kind: int, body: bytes, writer: asyncio.StreamWriter) -> bool:
        """False ends the connection."""
        match kind >> 4:
            case 1:
                right = _log_in(body) == (self.user, self.password)
                writer.write(_packet(CONNACK << 4, bytes((0, 0 if right else BAD_LOGIN))))
                self.log_ins += right
                if right:
                    self.listeners[writer] = set()
                return right
            case 3 if writer in self.listeners:
                end = 2 + int.from_bytes(body[:2], "big")
                topic, quality = body[2:end].decode(), kind >> 1 & 3
                if quality:
                    writer.write(_packet(PUBACK << 4, body[end : end + 2]))
                self.heard(topic, body[end + 2 :] if quality else body[end:])
            case 8 if writer in self.listeners:
                topics = list(_topics(body[2:]))
                self.listeners[writer].update(topics)
                writer.write(_packet(SUBACK << 4, body[:2] + bytes(len(topics))))
            case 12:
                writer.write(_packet(PINGRESP << 4, b""))
        return True


async def _read(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    kind = (await reader.readexactly(1))[0]
    length, shift = 0, 0
    while True:
        byte = (await reader.readexactly(1))[0]
        length |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            break
    if length > LARGEST:
        raise ConnectionError("too large")
    return kind, await reader.readexactly(length)


def _packet(kind: int, body: bytes) -> bytes:
    length, rest = bytearray(), len(body)
    while True:
        rest, byte = divmod(rest, 128)[0], rest % 128
        length.append(byte | (0x80 if rest else 0))
        if not rest:
            return bytes((kind,)) + bytes(length) + body


def _log_in(body: bytes) -> tuple[str, str]:
    """(user, password) of a CONNECT without a will."""
    flags = body[7]
    texts, rest = [], body[10:]
    while rest:
        length = int.from_bytes(rest[:2], "big")
        texts.append(rest[2 : 2 + length].decode("utf-8", "replace"))
        rest = rest[2 + length :]
    return (texts[1], texts[2]) if flags & 0xC0 == 0xC0 and len(texts) >= 3 else ("", "")


def _topics(body: bytes):
    while body:
        length = int.from_bytes(body[:2], "big")
        yield body[2 : 2 + length].decode()
        body = body[3 + length :]
