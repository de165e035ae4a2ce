"""A simulated machine that answers HTTP, on a free port of this computer."""

import asyncio
import io
import time
from abc import ABC, abstractmethod
from email.utils import formatdate

from aiohttp import web
from PIL import Image


def picture(width: int = 640, height: int = 360) -> bytes:
    """What a simulated camera sees, as JPEG."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), (38, 70, 83)).save(out, "JPEG")
    return out.getvalue()


class WebMachine(ABC):
    """`skew`: seconds its clock is ahead. Faults every one of them knows: "html", "huge", "elsewhere", "slow"."""

    port = 0
    skew = 0.0
    runner: web.AppRunner | None = None

    @abstractmethod
    def faults(self) -> set[str]:
        """Those it is told to have now."""

    @abstractmethod
    def routes(self) -> list:
        """Where it answers."""

    async def start(self, port: int = 0) -> None:
        app = web.Application(middlewares=[self._misbehaving], client_max_size=200 * 1024 * 1024)
        app.add_routes(self.routes())
        app.on_response_prepare.append(self._with_its_time)
        self.runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", port or self.port)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]

    async def snapshot(self, request):
        """Faults: "no picture" (a page instead), "large picture"."""
        if "no picture" in self.faults():
            return web.Response(text="<html>", content_type="image/jpeg")
        if "large picture" in self.faults():
            return web.Response(body=b"\xff\xd8\xff" + b"x" * 5_000_000, content_type="image/jpeg")
        return web.Response(body=picture(), content_type="image/jpeg")

    async def stop(self) -> None:
        """Started again it is on the same port, as a server that was restarted."""
        if self.runner is not None:
            await self.runner.cleanup()

    async def _with_its_time(self, request, response) -> None:
        response.headers["Date"] = formatdate(time.time() + self.skew, usegmt=True)

    @web.middleware
    async def _misbehaving(self, request, handler):
        faults = self.faults()
        if "html" in faults:
            return web.Response(text="<html>a router's page</html>", content_type="text/html")
        if "elsewhere" in faults:
            raise web.HTTPFound("http://169.254.169.254/latest/meta-data/")
        if "huge" in faults:
            response = web.StreamResponse()
            await response.prepare(request)
            try:
                for _piece in range(10_000):
                    await response.write(b"[" * 1_000_000)
            except ConnectionError:
                pass
            return response
        if "slow" in faults:
            await asyncio.sleep(3600)
        return await handler(request)
