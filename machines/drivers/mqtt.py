"""Listening to topics of the shop's own MQTT broker: one connection, one session, what is heard in a queue."""

import asyncio
import contextlib
import secrets
import ssl

import paho.mqtt.client as mqtt

from laseros.core.drivers import CredentialsRefused, Unreachable

KEEPALIVE = 30
CONNECT_WITHIN = 8.0
LARGEST_MESSAGE = 256 * 1024
WRONG_LOGIN = (134, 135)  # "bad user name or password", "not authorized"
END = object()


class Ear:
    """After `open`, `messages` holds (topic, payload), and `END` once the link is gone."""

    def __init__(self, topics: list[str], user: str = "", password: str = "", tls: bool = False):
        self.topics, self.tls = topics, tls
        self.messages: asyncio.Queue = asyncio.Queue(maxsize=1000)
        self._loop = asyncio.get_running_loop()
        self._ready: asyncio.Future = self._loop.create_future()
        self._opened = False
        self.client = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2,
            client_id=f"laseros-{secrets.token_hex(6)}",
            protocol=mqtt.MQTTv311,
            reconnect_on_failure=False,
        )
        self.client.connect_timeout = CONNECT_WITHIN
        if user:
            self.client.username_pw_set(user, password)
        if tls:
            self.client.tls_set_context(ssl.create_default_context())
        self.client.on_connect = self._on_connect
        self.client.on_subscribe = lambda *rest: self._soon(self._set_ready, None)
        self.client.on_message = self._on_message
        self.client.on_disconnect = lambda *rest: self._soon(self._end)

    async def open(self, address: str, port: int) -> None:
        """Raises `Unreachable` or `CredentialsRefused`."""
        try:
            await asyncio.to_thread(self.client.connect, address, port, KEEPALIVE)
        except ssl.SSLError:
            raise Unreachable("what answers there does not speak TLS") from None
        except (OSError, ValueError) as error:
            why = (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()
            raise Unreachable(f"nobody answers there ({why})") from None
        self.client.loop_start()
        self._opened = True
        try:
            async with asyncio.timeout(CONNECT_WITHIN):
                await self._ready
        except TimeoutError:
            raise Unreachable("no answer") from None

    def send(self, topic: str, payload: str) -> None:
        self.client.publish(topic, payload, qos=0)

    async def close(self) -> None:
        if self._opened:
            self.client.disconnect()
            await asyncio.to_thread(self.client.loop_stop)

    # --- in the client's thread -------------------------------------------------------------------------------------

    def _soon(self, function, *arguments) -> None:
        with contextlib.suppress(RuntimeError):  # the loop may be closed already
            self._loop.call_soon_threadsafe(function, *arguments)

    def _on_connect(self, client, userdata, flags, reason, properties) -> None:
        if not reason.is_failure:
            client.subscribe([(topic, 0) for topic in self.topics])
        elif reason.value in WRONG_LOGIN:
            self._soon(self._set_ready, CredentialsRefused("the broker does not know this name and password"))
        else:
            self._soon(self._set_ready, Unreachable(f"it refuses the connection: {reason}"))

    def _on_message(self, client, userdata, message) -> None:
        if len(message.payload) <= LARGEST_MESSAGE:
            self._soon(self._take, (message.topic, bytes(message.payload)))

    # --- in the loop ------------------------------------------------------------------------------------------------

    def _set_ready(self, error: Exception | None) -> None:
        if not self._ready.done():
            if error is None:
                self._ready.set_result(None)
            else:
                self._ready.set_exception(error)

    def _take(self, message) -> None:
        if self.messages.full():
            self.messages.get_nowait()
        self.messages.put_nowait(message)

    def _end(self) -> None:
        self._set_ready(Unreachable("the machine ended the connection"))
        self._take(END)
