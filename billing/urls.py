"""Deliveries on the shop floor, below the floor's own address."""

from django.urls import path

from billing.views import deliveries

app_name = "deliveries"
urlpatterns = [
    path("", deliveries.board, name="board"),
    path("jobs/<int:pk>/", deliveries.make, name="make"),
    path("<int:pk>/", deliveries.page, name="page"),
    path("<int:pk>/tick/<int:line>/", deliveries.tick, name="tick"),
    path("<int:pk>/scan/", deliveries.scan, name="scan"),
    path("<int:pk>/parcels/", deliveries.parcels, name="parcels"),
    path("<int:pk>/pack/", deliveries.pack, name="pack"),
    path("<int:pk>/unpack/", deliveries.unpack, name="unpack"),
    path("<int:pk>/check/", deliveries.check, name="check"),
    path("<int:pk>/ship/", deliveries.ship, name="ship"),
    path("<int:pk>/note.pdf", deliveries.note, name="note"),
    path("<int:pk>/labels/<slug:size>.pdf", deliveries.labels, name="labels"),
]
