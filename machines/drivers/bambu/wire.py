"""The MQTT connection to one Bambu printer: TLS, one session, replies found by their sequence number."""

import asyncio
import contextlib
import json
import logging
import secrets
import socket
import ssl

import paho.mqtt.client as mqtt

from laseros.core.drivers import CredentialsRefused, Unreachable

from .certificates import Trust

log = logging.getLogger(__name__)

USER = "bblp"
KEEPALIVE = 15
CONNECT_WITHIN = 8.0
LARGEST_MESSAGE = 2 * 1024 * 1024
WRONG_CODE = (134, 135)  # "bad user name or password", "not authorized"
END = object()


class Wire:
    """After `open`, `messages` holds what the printer says, and `END` once the link is gone."""

    def __init__(self, serial: str, code: str, trust: Trust):
        self.serial, self.code, self.trust = serial, code, trust
        self.messages: asyncio.Queue = asyncio.Queue(maxsize=500)
        self.client: mqtt.Client | None = None
        self._loop = asyncio.get_running_loop()
        self._ready: asyncio.Future = self._loop.create_future()
        self._replies: dict[str, asyncio.Future] = {}
        self._sequence = 100
        self._nonsense = 0
        self.lost = ""

    async def open(self, address: str, port: int) -> None:
        # A fresh name and session each time: nothing unanswered is ever sent again behind our back.
        client = _Client(self.trust, self.serial)
        client.username_pw_set(USER, self.code)
        client.tls_set_context(self.trust.context())
        client.on_connect = self._on_connect
        client.on_subscribe = lambda *rest: self._soon(self._set_ready, None)
        client.on_message = self._on_message
        client.on_disconnect = self._on_disconnect
        self.client = client
        try:
            await asyncio.to_thread(client.connect, address, port, KEEPALIVE)
        except (CredentialsRefused, Unreachable):
            raise
        except ssl.SSLError as error:
            raise Unreachable(_of_tls(error)) from None
        except (OSError, ValueError) as error:
            raise Unreachable(f"nobody answers there ({_plain(error)})") from None
        client.loop_start()
        try:
            async with asyncio.timeout(CONNECT_WITHIN):
                await self._ready
        except TimeoutError:
            raise Unreachable("no answer") from None

    async def close(self) -> None:
        if self.client is not None:
            self.client.disconnect()
            await asyncio.to_thread(self.client.loop_stop)

    def send(self, body: dict) -> None:
        """Told, without waiting for an answer."""
        result = self.client.publish(f"device/{self.serial}/request", json.dumps(body), qos=1)
        if result.rc != mqtt.MQTT_ERR_SUCCESS:
            raise Unreachable("the connection is gone")

    async def ask(self, kind: str, command: dict) -> dict:
        """Send a command and wait for the printer's reply to this very one."""
        self._sequence += 1
        number = str(self._sequence)
        reply = self._replies[number] = self._loop.create_future()
        try:
            self.send({kind: {"sequence_id": number, **command}})
            return await reply
        finally:
            self._replies.pop(number, None)

    # --- in the client's thread -------------------------------------------------------------------------------------

    def _soon(self, function, *arguments) -> None:
        with contextlib.suppress(RuntimeError):  # the loop may be closed already
            self._loop.call_soon_threadsafe(function, *arguments)

    def _on_connect(self, client, userdata, flags, reason, properties) -> None:
        if not reason.is_failure:
            client.subscribe(f"device/{self.serial}/report", qos=0)
        elif reason.value in WRONG_CODE:
            self._soon(self._set_ready, CredentialsRefused("the access code or the serial number is wrong"))
        else:
            self._soon(self._set_ready, Unreachable(f"it refuses the connection: {reason}"))

    def _on_message(self, client, userdata, message) -> None:
        if len(message.payload) > LARGEST_MESSAGE:
            return
        try:
            said = json.loads(message.payload)
        except (ValueError, RecursionError):
            said = None
        self._soon(self._take, said)

    def _on_disconnect(self, client, userdata, flags, reason, properties) -> None:
        self._soon(self._end, str(reason))

    # --- in the loop ------------------------------------------------------------------------------------------------

    def _set_ready(self, error: Exception | None) -> None:
        if not self._ready.done():
            if error is None:
                self._ready.set_result(None)
            else:
                self._ready.set_exception(error)

    def _take(self, said) -> None:
        if not isinstance(said, dict):
            if not self._nonsense:
                log.info("%s: a message that is no JSON object is passed over", self.serial)
            self._nonsense += 1
            return
        for part in said.values():
            if isinstance(part, dict) and "result" in part:
                reply = self._replies.get(str(part.get("sequence_id")))
                if reply is not None and not reply.done():
                    reply.set_result(part)
        if self.messages.full():
            self.messages.get_nowait()
        self.messages.put_nowait(said)

    def _end(self, why: str) -> None:
        self._set_ready(Unreachable("the machine ended the connection"))
        for reply in self._replies.values():
            if not reply.done():
                reply.set_exception(Unreachable("the connection is gone"))
        if self.messages.full():
            self.messages.get_nowait()
        self.messages.put_nowait(END)


class _Client(mqtt.Client):
    """paho's client, which names and judges the printer by its serial number before it says the access code."""

    def __init__(self, trust: Trust, serial: str):
        super().__init__(
            mqtt.CallbackAPIVersion.VERSION2,
            client_id=f"laseros-{secrets.token_hex(6)}",
            protocol=mqtt.MQTTv311,
            reconnect_on_failure=False,
        )
        self.connect_timeout = CONNECT_WITHIN
        self._trust, self._serial = trust, serial

    def _ssl_wrap_socket(self, tcp_sock: socket.socket):
        tcp_sock.settimeout(CONNECT_WITHIN)
        sock = self._ssl_context.wrap_socket(tcp_sock, server_hostname=self._serial)
        self._trust.judge(sock)
        sock.settimeout(KEEPALIVE)
        return sock


def _of_tls(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return "its certificate is not from this authority, or for another serial number"
    return "what answers there does not speak TLS"


def _plain(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()
