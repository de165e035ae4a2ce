from django.urls import path

from portal.consumers import JobConsumer

websocket_urlpatterns = [
    path("ws/job/<int:pk>/", JobConsumer.as_asgi()),
    path("ws/job/<int:pk>/<str:token>/", JobConsumer.as_asgi()),
]
