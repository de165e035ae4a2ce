"""The endless answer of /sample: one document after the other, each with its length before it."""

import asyncio
from collections.abc import AsyncGenerator

from laseros.core.drivers import Unreachable
from machines.drivers.http import LARGEST_ANSWER

MOST_HEADERS = 12


async def documents(content, within: float) -> AsyncGenerator[bytes, None]:
    """`content` is a stream of bytes as aiohttp has it. Raises `Unreachable` at its end, or after so long a silence."""
    try:
        while True:
            async with asyncio.timeout(within):
                length = await _length(content)
                body = await content.readexactly(length)
            yield body
    except TimeoutError:
        raise Unreachable("no answer") from None
    except asyncio.IncompleteReadError:
        raise Unreachable("the machine ended the connection") from None
    except ValueError:  # a line without end
        raise Unreachable("the answer is not MTConnect; another program is listening there") from None


async def _length(content) -> int:
    """Read up to the document; how long it is."""
    found = None
    for _line in range(MOST_HEADERS):
        line = (await content.readline()).strip()
        if not line and content.at_eof():
            raise Unreachable("the machine ended the connection")
        name, _colon, value = line.partition(b":")
        if name.lower() == b"content-length" and value.strip().isdigit():
            found = int(value)
        if not line and found is not None:
            if found > LARGEST_ANSWER:
                raise Unreachable("the answer is larger than any machine's")
            return found
    raise Unreachable("the answer is not MTConnect; another program is listening there")
