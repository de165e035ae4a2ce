"""The back office: Django's admin for members whose role has it, in the workspace that is open."""

from dataclasses import dataclass
from functools import cache, partial

from django.apps import apps
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.settings import get_config
from unfold.sites import UnfoldAdminSite

# What the search looks through, in this order, and the picture that tells an invoice from an item.
SEARCHED = (
    ("crm.client", "groups"),
    ("crm.contact", "person"),
    ("production.enquiry", "mail"),
    ("billing.quote", "request_quote"),
    ("production.job", "work"),
    ("billing.invoice", "receipt_long"),
    ("billing.payment", "payments"),
    ("inventory.item", "inventory_2"),
    ("inventory.supplier", "local_shipping"),
    ("inventory.purchaseorder", "shopping_cart"),
    ("production.product", "deployed_code"),
    ("machines.machine", "precision_manufacturing"),
)
EACH = 6  # results of one kind


@dataclass(frozen=True)
class Found:
    title: str
    kind: str
    link: str
    icon: str
    archived: bool = False


@cache
def _theme() -> dict:
    return get_config()


class BackOffice(UnfoldAdminSite):
    site_header = site_title = "Laser OS"
    index_title = _("Today")

    def has_permission(self, request):
        user = request.user
        return user.is_active and request.workspace is not None and user.has_perm("accounts.use_back_office")

    def login(self, request, extra_context=None):
        """One door for logging in: the same page, throttling and second factor for everybody."""
        if request.user.is_authenticated:
            if request.user.is_superuser and request.workspace is None:
                # Whoever runs a new installation comes here by its address, before there is a business to be in.
                return redirect("first_workspace")
            if request.GET.get("next") == reverse("admin:index"):
                # Operators and clients who only came in by this address: their start is elsewhere.
                return redirect("home")
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next", reverse("admin:index")), reverse("account_login"))

    def logout(self, request, extra_context=None):
        return redirect("account_logout")

    def password_change(self, request, extra_context=None):
        return redirect("account_change_password")

    def get_app_list(self, request, app_label=None):
        """Only for the page of one room: the sidebar has its own order, and asking every model takes its time."""
        return super().get_app_list(request, app_label) if app_label else []

    def get_sidebar_list(self, request):
        """As it is: nothing in it wants looking up, copying or asking for permission a second time."""
        from laseros import navigation

        return navigation.sidebar(request)

    def _get_config(self, key, *args):
        """The theme puts all of its settings together anew for each of the thirty it reads for a page."""
        value = _theme().get(key)
        return self._get_value(value, *args) if value else None

    def extra_urls(self):
        from accounts.admin import wording
        from laseros import home
        from laseros.backups import page as backups
        from production.admin import labels

        return [
            path("machines-now/", self.admin_view(home.machines_panel), name="machines_now"),
            path("backups/", self.admin_view(partial(backups.page, self)), name="backups"),
            path("message-texts/", self.admin_view(partial(wording.index, self)), name="wordings"),
            path(
                "message-texts/<slug:name>/<slug:language>/",
                self.admin_view(partial(wording.edit, self)),
                name="wording",
            ),
            path("labels/", self.admin_view(partial(labels.page, self)), name="labels"),
        ]

    def search(self, request, extra_context=None):
        """Pages and records for the palette. Never kept: it depends on workspace, role and the moment."""
        term = " ".join(request.GET.get("s", "").split())[:80]
        found = [*self._pages(request, term), *self._records(request, term)] if term else []
        return TemplateResponse(request, "unfold/helpers/command_results.html", {"found": found, "term": term})

    def _pages(self, request, term: str) -> list[Found]:
        from laseros import navigation

        return [
            Found(str(entry.title), str(_("Page")), entry.link(), entry.icon)
            for entry in navigation.entries(request.user)
            if term.lower() in str(entry.title).lower()
        ]

    def _records(self, request, term: str) -> list[Found]:
        found = []
        for label, icon in SEARCHED:
            model = apps.get_model(label)
            room_admin = self._registry.get(model)
            if room_admin is None or not room_admin.has_view_permission(request):
                continue
            rows, distinct = room_admin.get_search_results(request, room_admin.get_queryset(request), term)
            if distinct:
                rows = rows.distinct()
            found += [self._found(record, icon) for record in rows[:EACH]]
        return found

    def _found(self, record, icon: str) -> Found:
        meta = record._meta
        link = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[record.pk])
        kind = capfirst(str(meta.verbose_name))
        client = getattr(record, "client", None)
        title = f"{record} · {client}" if client is not None else str(record)
        return Found(title, kind, link, icon, getattr(record, "archived_at", None) is not None)
