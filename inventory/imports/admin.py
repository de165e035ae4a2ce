"""Imports in the back office: choose a file, see what it would do row by row, store all of it."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from accounts.imports import page
from accounts.roles import SEE_MONEY
from inventory.imports import plans as imports

PERMISSIONS = {
    "items": ("inventory.add_item", "inventory.change_item", SEE_MONEY),
    "lots": ("inventory.post_move", SEE_MONEY),
    "suppliers": ("inventory.add_supplier", "inventory.change_supplier", SEE_MONEY),
    "spoolman": ("inventory.post_move", "inventory.add_item", SEE_MONEY),
}
TITLES = {
    "items": _("Import items"),
    "lots": _("Import stock"),
    "suppliers": _("Import suppliers"),
    "spoolman": _("Import spools from Spoolman"),
}
SPOOLMAN = _(
    "In Spoolman: Settings, Export, Spools, as JSON or CSV. Filament, materials and places that are not there yet"
    " are made."
)
BACK = {"items": "item", "lots": "lot", "suppliers": "supplier", "spoolman": "lot"}


class ImportDoor:
    """`import/<kind>/` beside the list of items: items, lots, suppliers, spoolman."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.import_view)
        return [path("import/<slug:kind>/", view, name=f"{self.page_name}_import"), *super().get_urls()]

    def import_view(self, request, kind):
        """GET asks for a file, or with `?template` answers one; the first POST shows what it would do, `store` does."""
        if kind not in imports.KINDS:
            raise Http404
        if not all(request.user.has_perm(permission) for permission in PERMISSIONS[kind]):
            raise PermissionDenied
        return page.answer(
            self.admin_site, self.opts, request, imports.KINDS[kind], title=TITLES[kind], back=_back(kind), kind=kind,
            note=SPOOLMAN if kind == "spoolman" else "",
        )  # fmt: skip


def _back(kind: str) -> str:
    return reverse(f"admin:inventory_{BACK[kind]}_changelist")


def links(request, *kinds: str) -> dict:
    """What admin/accounts/import_links.html shows above a list, for whoever may import."""
    allowed = [kind for kind in kinds if all(request.user.has_perm(name) for name in PERMISSIONS[kind])]
    found = [(TITLES[kind], reverse("admin:inventory_item_import", args=[kind])) for kind in allowed]
    return {"import_links": found}
