"""Every socket, in one place."""

from machines.routing import websocket_urlpatterns

__all__ = ["websocket_urlpatterns"]
