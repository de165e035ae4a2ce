"""Every room's doors, in one place."""

from django.contrib import admin
from django.urls import include, path, re_path

from accounts import views as accounts_views
from laseros import health
from production.views import scan

handler403 = "laseros.forbidden.forbidden"

urlpatterns = [
    path("", accounts_views.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    re_path(r"^[qQ]/(?P<slug>[-\w]+)/(?P<letter>[A-Za-z])/(?P<code>.+?)/?$", scan.code, name="code"),
    path("workspace/", accounts_views.switch_workspace, name="switch_workspace"),
    path("logo/<slug:slug>/", accounts_views.workspace_logo, name="workspace_logo"),
    path("accounts/", include("accounts.urls")),
    path("admin/", admin.site.urls),
    path("floor/deliveries/", include("billing.urls")),
    path("floor/", include("production.urls")),
    path("board/", include("machines.urls")),
    path("portal/", include("portal.urls")),
    path("pay/", include("billing.pay_urls")),
]
