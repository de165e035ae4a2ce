"""Every socket, in one place."""

from machines.routing import websocket_urlpatterns as of_machines
from portal.routing import websocket_urlpatterns as of_clients

websocket_urlpatterns = [*of_machines, *of_clients]

__all__ = ["websocket_urlpatterns"]
