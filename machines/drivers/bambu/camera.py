"""The camera of the small printers (A1, P1): pictures one after the other on a port of their own, inside TLS."""

import asyncio
import ssl
import struct

from laseros.core.drivers import Unreachable
from machines.drivers.picture import is_picture

from .certificates import Trust
from .wire import USER

WITHIN = 12.0
LARGEST = 4 * 1024 * 1024
HEADER = 16  # the picture's length first


async def picture(address: str, port: int, code: str, trust: Trust) -> bytes | None:
    """None where nobody answers at this port: larger printers send a film, which is not looked at."""
    try:
        async with asyncio.timeout(WITHIN):
            reader, writer = await asyncio.open_connection(
                address, port, ssl=trust.context(), server_hostname=trust.serial
            )
            try:
                trust.judge(writer.get_extra_info("ssl_object"))  # before the access code goes there
                return await _first(reader, writer, code)
            finally:
                writer.transport.abort()
    except ConnectionRefusedError:
        return None
    except TimeoutError:
        raise Unreachable("no answer") from None
    except asyncio.IncompleteReadError:
        raise Unreachable("its camera ended the connection") from None
    except ssl.SSLError:
        raise Unreachable("what answers there does not speak TLS") from None


async def _first(reader, writer, code: str) -> bytes:
    writer.write(struct.pack("<IIII32s32s", 0x40, 0x3000, 0, 0, USER.encode(), code.encode()))
    await writer.drain()
    (length,) = struct.unpack("<I", (await reader.readexactly(HEADER))[:4])
    if length > LARGEST:
        raise Unreachable("the answer is larger than any machine's")
    data = await reader.readexactly(length)
    if not is_picture(data):
        raise Unreachable("what its camera sends is no picture")
    return data
