"""A driver and a simulated machine on the wire, read as the watcher reads it."""

import asyncio
from contextlib import asynccontextmanager, suppress

from machines import drivers
from machines.tests.at_once import PATIENCE


class Listening:
    """Readings as they come; `until(…)` answers the first that fits. All of them are kept in `heard`."""

    def __init__(self, driver):
        self.driver = driver
        self.heard = []
        self._queue = asyncio.Queue()
        self._task = asyncio.create_task(self._listen())

    async def _listen(self):
        try:
            async for reading in self.driver.readings():
                self.heard.append(reading)
                self._queue.put_nowait(reading)
        except Exception as error:
            self._queue.put_nowait(error)

    async def until(self, fits=lambda reading: True):
        async with asyncio.timeout(PATIENCE):
            while True:
                reading = await self._queue.get()
                if isinstance(reading, Exception):
                    raise reading
                if fits(reading):
                    return reading

    async def state(self, state: str):
        return await self.until(lambda reading: reading.state == state)

    async def tell(self, name: str, key: str = "", **arguments):
        async with asyncio.timeout(PATIENCE):
            return await self.driver.command(name, arguments, key or f"key of {name}")

    async def stop(self):
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task


@asynccontextmanager
async def listening(name: str, options: dict, home):
    driver = drivers.build(name, options, home)
    try:
        await driver.connect()
        ear = Listening(driver)
        try:
            yield ear
        finally:
            await ear.stop()
    finally:
        await driver.close()


def play(story):
    """Run one story in a loop of its own."""
    return asyncio.run(asyncio.wait_for(story, 3 * PATIENCE))
