"""The camera of a small Bambu printer on the wire: whoever knows the access code gets one picture after the other.

Faults by name: "no picture", "large picture".
"""

import asyncio
import struct

from machines.simulators.wire.certificate import context_for
from machines.simulators.wire.web import picture


class Camera:
    def __init__(self, serial: str, code: str, faults: set[str]):
        self.serial, self.code, self.faults = serial, code, faults
        self.port = 0
        self.server: asyncio.Server | None = None

    async def start(self) -> None:
        context = context_for(self.serial)
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=context)
        self.port = self.server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self.server.close()

    async def _serve(self, reader, writer) -> None:
        try:
            said = struct.unpack("<IIII32s32s", await reader.readexactly(80))
            if said[:2] == (0x40, 0x3000) and said[5].rstrip(b"\0").decode() == self.code:
                while True:
                    data = b"<html>" if "no picture" in self.faults else picture()
                    length = 2**31 if "large picture" in self.faults else len(data)
                    writer.write(struct.pack("<IIII", length, 0, 1, 0) + data)
                    await writer.drain()
                    await asyncio.sleep(1)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
