"""A browser's socket on the real entrance, with the patience of a busy machine."""

from channels.testing import WebsocketCommunicator

PATIENCE = 60.0


class Socket(WebsocketCommunicator):
    async def connect(self, timeout: float = PATIENCE):
        return await super().connect(timeout)

    async def disconnect(self, code: int = 1000, timeout: float = PATIENCE):
        await super().disconnect(code, timeout)

    async def receive_from(self, timeout: float = PATIENCE):
        return await super().receive_from(timeout)


def bell(cookies: str = "", query: str = "", origin: str = "http://localhost", path: str = "/ws/bell/") -> Socket:
    from laseros.asgi import application

    headers = [(b"origin", origin.encode()), (b"cookie", cookies.encode())]
    return Socket(application, f"{path}{query}", headers=headers)
