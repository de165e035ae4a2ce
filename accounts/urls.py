"""Logging in and out and one's own password: the pages of the account package we use, and no others."""

from allauth.account import views
from django.urls import path, re_path

from accounts.calendar_page import calendar_page, feed
from accounts.first import first_workspace
from accounts.floor_keys.page import own_pin
from accounts.preferring import preferences
from accounts.views import choose_language

urlpatterns = [
    path("first/", first_workspace, name="first_workspace"),
    path("pin/", own_pin, name="own_pin"),
    path("language/", choose_language, name="choose_language"),
    path("calendar/", calendar_page, name="calendar"),
    path("calendar/<str:token>.ics", feed, name="calendar_feed"),
    path("messages/", preferences, name="message_preferences"),
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/set/", views.password_set, name="account_set_password"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    # The key has dashes of its own: the first one ends the person's number.
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/reset/key/done/", views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
]
