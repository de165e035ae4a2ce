"""The web's entrance: pages through Django, sockets through channels, only from our own pages and with the log-in."""

import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "laseros.settings")
pages = get_asgi_application()

from laseros.routing import websocket_urlpatterns  # noqa: E402 (consumers need the apps that the line above loads)

application = ProtocolTypeRouter(
    {
        "http": pages,
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
    }
)
