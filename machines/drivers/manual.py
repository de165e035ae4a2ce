"""A machine without a connection: the operator's terminal is the truth."""

from collections.abc import AsyncGenerator
from pathlib import Path

from laseros.core.drivers import Ack, Reading, Step, Unreachable, gettext_noop


class Manual:
    title = gettext_noop("Worked by hand")
    capabilities: frozenset[str] = frozenset()
    settings = ()

    def __init__(self, options: dict, home: Path) -> None:
        pass

    async def connect(self) -> None:
        raise Unreachable("there is nothing to connect to")

    async def readings(self) -> AsyncGenerator[Reading, None]:
        raise Unreachable("there is nothing to connect to")
        yield  # an async generator, as the contract says

    async def command(self, name: str, arguments: dict, key: str) -> Ack:
        return Ack(False, "this machine is worked by hand")

    async def close(self) -> None:
        pass

    async def examine(self) -> list[Step]:
        return [Step("settings", True, "this machine is worked by hand")]
