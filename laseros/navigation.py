"""The back office's look and its navigation by task, built for each request: what the person may see, with counts of
what waits, all in one query.
"""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

# The scale of the house blue #1d5fbf (600), by lightness at one hue.
BLUE = {
    "50": "oklch(97.2% .013 258)",
    "100": "oklch(94% .028 258)",
    "200": "oklch(89% .056 258)",
    "300": "oklch(81.5% .095 258)",
    "400": "oklch(72% .135 258)",
    "500": "oklch(61% .165 258.4)",
    "600": "oklch(50.1% .165 258.7)",
    "700": "oklch(44.5% .15 259)",
    "800": "oklch(38.5% .125 259.5)",
    "900": "oklch(33% .1 260)",
    "950": "oklch(25.5% .075 261)",
}


@dataclass(frozen=True, eq=False)  # each is itself: comparing them would translate every title
class Entry:
    """One line of the sidebar. `url` is a URL name; `waiting` names one of `laseros.matters`."""

    title: object
    icon: str
    url: str
    permission: str = ""
    waiting: str = ""
    tone: str = "info"
    superuser: bool = False

    def link(self) -> str:
        """Where it leads; empty as long as the room has no such page."""
        return _address(self.url)

    def open_to(self, granted: set[str]) -> bool:
        """To somebody who is no superuser: they go everywhere."""
        return not self.superuser and (not self.permission or self.permission in granted)


@lru_cache(maxsize=100)
def _address(name: str) -> str:
    """Every page has the whole sidebar, and its addresses do not change."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@dataclass(frozen=True)
class Group:
    title: object
    entries: tuple[Entry, ...]
    folded: bool = False


NAVIGATION = (
    Group(
        "",
        (
            Entry(_("Today"), "today", "admin:index"),
            Entry(_("Clients"), "groups", "admin:crm_client_changelist", "crm.view_client"),
            Entry(_("Tags"), "sell", "admin:crm_tag_changelist", "crm.view_tag"),
            Entry(
                _("Follow-ups"),
                "event_repeat",
                "admin:crm_followup_changelist",
                "crm.view_followup",
                "follow_ups",
                "warning",
            ),
        ),
    ),
    Group(
        _("Sell"),
        (
            Entry(
                _("Enquiries"),
                "mail",
                "admin:production_enquiry_changelist",
                "production.view_enquiry",
                "new_enquiries",
            ),
            Entry(
                _("Quotes"),
                "request_quote",
                "admin:billing_quote_changelist",
                "billing.view_quote",
                "quotes_expiring",
                "warning",
            ),
        ),
    ),
    Group(
        _("Make"),
        (
            Entry(
                _("Jobs"),
                "work",
                "admin:production_job_changelist",
                "production.view_job",
                "late_jobs",
                "danger",
            ),
            Entry(_("Queue"), "list_alt", "admin:production_operation_changelist", "production.view_operation"),
            Entry(
                _("Nests"),
                "dashboard_customize",
                "admin:production_nest_changelist",
                "production.view_nest",
            ),
            Entry(_("Runs"), "timer", "admin:production_run_changelist", "production.view_run"),
            Entry(
                _("Quality"),
                "report",
                "admin:production_nonconformance_changelist",
                "production.view_nonconformance",
                "open_faults",
                "danger",
            ),
            Entry(
                _("Working times"),
                "more_time",
                "admin:production_labourtime_changelist",
                "production.view_labourtime",
            ),
            Entry(
                _("Machines"),
                "precision_manufacturing",
                "admin:machines_machine_changelist",
                "machines.view_machine",
            ),
            Entry(
                _("Machine jobs"),
                "fact_check",
                "admin:machines_machinejob_changelist",
                "machines.view_machinejob",
                "open_work",
                "warning",
            ),
            Entry(
                _("Maintenance"),
                "build",
                "admin:machines_maintenanceplan_changelist",
                "machines.view_maintenanceplan",
                "maintenance",
                "warning",
            ),
            Entry(_("Printer files"), "folder_open", "admin:machines_printfile_changelist", "machines.view_printfile"),
            Entry(
                _("Drawings"),
                "architecture",
                "admin:production_designfile_changelist",
                "production.view_designfile",
                "refused_drawings",
                "warning",
            ),
            Entry(
                _("Proofs"),
                "draw",
                "admin:production_proof_changelist",
                "production.view_proof",
                "proofs_to_change",
                "warning",
            ),
            Entry(_("Products"), "deployed_code", "admin:production_product_changelist", "production.view_product"),
            Entry(_("Shop floor"), "touch_app", "floor:queue", "production.run_operation"),
            Entry(_("Wall board"), "dashboard", "board:board", "machines.view_machine"),
        ),
    ),
    Group(
        _("Stock"),
        (
            Entry(
                _("Items"),
                "inventory_2",
                "admin:inventory_item_changelist",
                "inventory.view_item",
                "low_items",
                "warning",
            ),
            Entry(_("Lots"), "category", "admin:inventory_lot_changelist", "inventory.view_lot"),
            Entry(_("Locations"), "shelves", "admin:inventory_location_changelist", "inventory.view_location"),
            Entry(
                _("Stock counts"), "fact_check", "admin:inventory_stockcount_changelist", "inventory.view_stockcount"
            ),
            Entry(_("Scanner"), "qr_code_scanner", "floor:scan", "inventory.scan_stock"),
            Entry(
                _("Scans"),
                "barcode_reader",
                "admin:inventory_scanevent_changelist",
                "inventory.view_scanevent",
                "unsettled_scans",
                "danger",
            ),
            Entry(_("Ledger"), "swap_vert", "admin:inventory_move_changelist", "inventory.view_move"),
            Entry(
                _("Reservations"), "bookmark", "admin:inventory_reservation_changelist", "inventory.view_reservation"
            ),
            Entry(_("Stock report"), "monitoring", "admin:inventory_item_report", "accounts.see_money"),
            Entry(_("Stock value"), "account_balance", "admin:inventory_item_value", "accounts.see_money"),
        ),
    ),
    Group(
        _("Buy"),
        (
            Entry(
                _("What to buy"),
                "production_quantity_limits",
                "admin:inventory_need_changelist",
                "inventory.view_need",
                "needs",
                "warning",
            ),
            Entry(
                _("Purchase orders"),
                "shopping_cart",
                "admin:inventory_purchaseorder_changelist",
                "inventory.view_purchaseorder",
                "late_purchases",
                "warning",
            ),
            Entry(
                _("Goods received"),
                "move_to_inbox",
                "admin:inventory_receipt_changelist",
                "inventory.view_receipt",
            ),
            Entry(_("Suppliers"), "local_shipping", "admin:inventory_supplier_changelist", "inventory.view_supplier"),
            Entry(_("Price lists"), "sell", "admin:inventory_supplieritem_changelist", "inventory.view_supplieritem"),
        ),
    ),
    Group(
        _("Deliver"),
        (
            Entry(
                _("To be delivered"),
                "view_kanban",
                "admin:billing_delivery_board",
                "billing.view_delivery",
                "to_deliver",
                "info",
            ),
            Entry(_("Deliveries"), "local_shipping", "admin:billing_delivery_changelist", "billing.view_delivery"),
            Entry(_("Pack and check"), "inventory", "deliveries:board", "billing.pack_delivery"),
        ),
    ),
    Group(
        _("Money"),
        (
            Entry(
                _("Invoices"),
                "receipt_long",
                "admin:billing_invoice_changelist",
                "billing.view_invoice",
                "overdue_invoices",
                "danger",
            ),
            Entry(
                _("Recurring invoices"),
                "event_repeat",
                "admin:billing_recurringinvoice_changelist",
                "billing.view_recurringinvoice",
            ),
            Entry(_("Order papers"), "task", "admin:billing_orderpaper_changelist", "billing.view_orderpaper"),
            Entry(
                _("Received invoices"),
                "inbox",
                "admin:billing_receivedinvoice_changelist",
                "billing.view_receivedinvoice",
                "received_invoices",
                "warning",
            ),
            Entry(_("Payments"), "payments", "admin:billing_payment_changelist", "billing.view_payment"),
            Entry(
                _("Card payments"),
                "credit_card",
                "admin:billing_paymentattempt_changelist",
                "billing.view_paymentattempt",
                "card_events",
                "danger",
            ),
            Entry(
                _("Bank"),
                "account_balance",
                "admin:billing_bankline_match",
                "billing.receive_payment",
                "bank_lines",
                "warning",
            ),
            Entry(
                _("Reminders"),
                "notification_important",
                "admin:billing_reminder_look",
                "billing.send_reminder",
                "reminders",
                "warning",
            ),
            Entry(_("Month end"), "event_available", "admin:billing_periodclose_month", "billing.receive_payment"),
            Entry(_("Open items"), "hourglass_top", "admin:billing_invoice_ageing", "accounts.see_money"),
        ),
    ),
    Group(
        _("Settings"),
        (
            Entry(_("Business"), "storefront", "admin:accounts_workspace_changelist", "accounts.view_workspace"),
            Entry(
                _("People"),
                "badge",
                "admin:accounts_membership_changelist",
                "accounts.view_membership",
                "locked_pins",
                "danger",
            ),
            Entry(
                _("Shop tablets"),
                "tablet_mac",
                "admin:machines_tablet_changelist",
                "machines.change_tablet",
                "locked_tablets",
                "danger",
            ),
            Entry(_("Price rules"), "calculate", "admin:billing_pricerules_changelist", "billing.view_pricerules"),
            Entry(
                _("Extra operations"),
                "handyman",
                "admin:billing_extraoperation_changelist",
                "billing.view_extraoperation",
            ),
            Entry(_("Books"), "menu_book", "admin:billing_booksrules_changelist", "billing.view_booksrules"),
            Entry(
                _("Card provider"),
                "contactless",
                "admin:billing_provideraccount_changelist",
                "billing.view_provideraccount",
            ),
            Entry(
                _("Exchange rates"),
                "currency_exchange",
                "admin:billing_exchangerate_changelist",
                "billing.view_exchangerate",
            ),
            Entry(_("Tax rates"), "percent", "admin:billing_taxrate_changelist", "billing.view_taxrate"),
            Entry(
                _("Cutting parameters"),
                "tune",
                "admin:production_cuttingparameter_changelist",
                "production.view_cuttingparameter",
            ),
            Entry(
                _("Milestones"),
                "flag",
                "admin:production_milestonetemplate_changelist",
                "production.view_milestonetemplate",
            ),
            Entry(
                _("Job templates"),
                "bookmark",
                "admin:production_jobtemplate_changelist",
                "production.view_jobtemplate",
            ),
            Entry(_("Layer rules"), "stacks", "admin:production_layerrule_changelist", "production.view_layerrule"),
            Entry(
                _("Nesting rules"),
                "dashboard_customize",
                "admin:production_nestingrules_changelist",
                "production.view_nestingrules",
            ),
            Entry(_("Message texts"), "edit_note", "admin:wordings", "accounts.word_messages"),
            Entry(_("Chat and SMS"), "forum", "admin:accounts_messagehook_changelist", "accounts.view_messagehook"),
            Entry(_("Materials"), "layers", "admin:inventory_material_changelist", "inventory.view_material"),
            Entry(_("Accounts"), "manage_accounts", "admin:accounts_user_changelist", superuser=True),
            Entry(_("Groups"), "group_work", "admin:auth_group_changelist", superuser=True),
            Entry(_("Backups"), "backup", "admin:backups", waiting="failed_backups", tone="danger", superuser=True),
        ),
    ),
    Group(
        _("Log"),
        (
            Entry(_("Issued documents"), "verified", "admin:billing_seal_changelist", "billing.view_seal"),
            Entry(_("Activity"), "history", "admin:accounts_activity_changelist", "accounts.view_activity"),
            Entry(
                _("Background work"),
                "sync",
                "admin:accounts_backgroundtask_changelist",
                "accounts.view_backgroundtask",
                "failed_tasks",
                "danger",
            ),
            Entry(
                _("Messages"),
                "outgoing_mail",
                "admin:accounts_outgoingmail_changelist",
                "accounts.view_outgoingmail",
                "failed_mail",
                "danger",
            ),
        ),
    ),
)


def entries(user) -> list[Entry]:
    """Every page this person can go to from the sidebar."""
    every = [entry for group in NAVIGATION for entry in group.entries if entry.link()]
    if user.is_superuser:
        return every
    granted = user.granted()
    return [entry for entry in every if entry.open_to(granted)]


def sidebar(request) -> list[dict]:
    from laseros import matters

    user = request.user
    open_entries = entries(user)
    waiting = matters.counts(user, {entry.waiting for entry in open_entries if entry.waiting})
    here = _here(request.path, [entry.link() for entry in open_entries])
    shown, language = set(open_entries), get_language()
    groups = []
    for group in NAVIGATION:
        items = [_item(entry, waiting, here) for entry in group.entries if entry in shown]
        if items:
            lines = "".join(_line(language, **item) for item in items)
            groups.append({"title": group.title, "items": items, "lines": mark_safe(lines)})  # noqa: S308 by a template
    return groups


def _item(entry: Entry, waiting: dict, here: str) -> dict:
    count = waiting.get(entry.waiting) or 0
    return {"entry": entry, "active": entry.link() == here, "badge": "99+" if count > 99 else str(count or "")}


@lru_cache(maxsize=2000)
def _line(language: str, entry: Entry, active: bool, badge: str) -> str:
    """One line as markup. Every page has thirty of them, and they hardly ever change."""
    return render_to_string("admin/room/line.html", {"entry": entry, "active": active, "badge": badge})


def _here(path: str, links: list[str]) -> str:
    """The entry a page belongs to: the longest link it lies under; the start page is only itself."""
    start = reverse("admin:index")
    under = [link for link in links if path.startswith(urlsplit(link).path) and link != start]
    return max(under, key=len, default=start if path == start else "")


def _asset(path: str):
    return lambda request: static(path)


def _subtitle(request):
    return request.workspace.name if request.workspace else ""


UNFOLD = {
    "SITE_TITLE": "Laser OS",
    "SITE_HEADER": "Laser OS",
    "SITE_SUBHEADER": _subtitle,
    "SITE_SYMBOL": "bolt",
    "SITE_ICON": _asset("img/mark.svg"),
    "SITE_URL": None,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _asset("img/mark.svg")}],
    "COLORS": {
        "primary": BLUE,
        # One step darker than the theme's own, so that small print keeps 4.5 to 1.
        "font": {
            "subtle-light": "var(--color-base-600)",
            "subtle-dark": "var(--color-base-300)",
            "default-light": "var(--color-base-700)",
            "default-dark": "var(--color-base-200)",
            "important-light": "var(--color-base-900)",
            "important-dark": "var(--color-base-50)",
        },
    },
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "STYLES": [_asset("css/admin.css")],
    "SCRIPTS": [_asset("js/admin.js"), _asset("js/kept-typing.js")],
    "DASHBOARD_CALLBACK": "laseros.home.dashboard",
    "SIDEBAR": {
        "show_search": True,
        "command_search": True,
        "show_all_applications": False,
        "navigation": [],  # by `BackOffice.get_sidebar_list`
    },
    "COMMAND": {"search_models": False, "show_history": False},
}
