"""The browsers of the bench, in a process of its own: sockets on the board that note what came, and when.

Standard input: {"url", "origin", "cookies": […]}; output: a line when all were greeted, and after any further line what
they heard: {"texts": [[[machine, version, tone], …], …], "bytes": […], "heard": [[[at, number of the text], …], …]}.
"""

import asyncio
import gc
import json
import re
import sys
import time

import aiohttp

CARD = re.compile(r'id=\\"machine-(\d+)\\" class=\\"machine machine-(\w+)\\".*?data-version=\\"(\d+)\\"')


class Browsers:
    def __init__(self, url: str, origin: str):
        self.url, self.origin = url, origin
        self.numbers: dict[str, int] = {}  # what is the same for many is read once
        self.texts: list[list] = []
        self.bytes: list[int] = []
        self.heard: list[list] = []
        self.ended: list[str] = []

    async def open(self, session: aiohttp.ClientSession, cookie: str) -> asyncio.Task:
        headers = {"Cookie": cookie, "Origin": self.origin}
        socket = await session.ws_connect(self.url, headers=headers, max_msg_size=0)
        heard: list = []
        self.heard.append(heard)
        self.note(await socket.receive(), heard)
        return asyncio.create_task(self.listen(socket, heard))

    async def listen(self, socket, heard: list) -> None:
        async for message in socket:
            self.note(message, heard)
        self.ended.append(str(socket.close_code))

    def note(self, message, heard: list) -> None:
        at, text = time.monotonic(), message.data
        number = self.numbers.get(text)
        if number is None:
            number = self.numbers[text] = len(self.texts)
            self.texts.append([[int(pk), int(version), tone] for pk, tone, version in CARD.findall(text)])
            self.bytes.append(len(text))
            if len(self.numbers) > 200:  # the oldest will not come again
                self.numbers.pop(next(iter(self.numbers)))
        heard.append([at, number])


async def main() -> None:
    told = json.loads(sys.stdin.readline())
    browsers = Browsers(told["url"], told["origin"])
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        listening = [await browsers.open(session, cookie) for cookie in told["cookies"]]
        print(json.dumps({"greeted": len(listening)}), flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        print(json.dumps({"texts": browsers.texts, "bytes": browsers.bytes, "heard": browsers.heard,
                          "ended": browsers.ended}), flush=True)  # fmt: skip
        for task in listening:
            task.cancel()


if __name__ == "__main__":
    gc.disable()  # what measures does not pause
    asyncio.run(main())
