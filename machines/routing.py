from django.urls import path

from machines.consumers import BellConsumer

websocket_urlpatterns = [path("ws/bell/", BellConsumer.as_asgi())]
