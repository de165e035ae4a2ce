"""Addresses that are open to everybody: where a payment provider writes to, and the page of the simulated one."""

from django.urls import path

from billing.views import card_hook, simulated_card

app_name = "pay"

urlpatterns = [
    path("hook/<str:token>/", card_hook.hook, name="hook"),
    path("simulated/<str:reference>/", simulated_card.page, name="simulated"),
]
