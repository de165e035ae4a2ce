"""What needs somebody: one row per kind of matter, counted and linked by the same filter, so that both always agree."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from urllib.parse import urlencode

from django.apps import apps
from django.db import connection
from django.db.models import IntegerField, Subquery
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_scopes import get_scope, scope

from accounts.floor_keys import pins
from accounts.models import Workspace
from billing import deliveries
from billing.received import owing
from billing.states import OWED
from crm import certificates, diary
from inventory import purchasing, reorder, stock
from laseros.backups import keeping as backups
from machines import maintenance
from machines.tablets import registering
from production import conversation, jobs, milestones, shortages
from production.states import OPEN_JOB

SOON = timedelta(days=7)
MONTH = timedelta(days=30)
SEE_BACKUPS = "accounts.view_backup"  # no role has it: superusers do


@dataclass(frozen=True)
class Matter:
    """`filters` are the parameters of the list in the admin; the count uses the very same."""

    name: str
    label: object
    model: str
    icon: str
    tone: str  # danger, warning, info
    filters: Callable[[date], dict]
    permission: str
    rows: Callable | None = None  # where the list's filter is not a plain lookup
    page: str = ""  # where there is no list in the admin

    def queryset(self, today: date):
        if self.rows is not None:
            return self.rows()
        lookups = {
            key: value.split(",") if key.endswith("__in") else value for key, value in self.filters(today).items()
        }
        return apps.get_model(self.model).objects.filter(**lookups)

    def link(self, today: date) -> str:
        if self.page:
            return reverse(self.page)
        try:
            page = reverse(f"admin:{self.model.replace('.', '_')}_changelist")
        except NoReverseMatch:
            return ""
        return f"{page}?{urlencode(self.filters(today))}"


def _is(state: str):
    return lambda today: {"state__exact": state}


def _among(states, **dates):
    return lambda today: {"state__in": ",".join(states), **{name: value(today) for name, value in dates.items()}}


MATTERS = (
    Matter(
        "late_jobs", _("Late jobs"), "production.job", "event_busy", "danger",
        _among(OPEN_JOB, due_on__lt=lambda today: today), "production.view_job",
    ),
    Matter(
        "overdue_invoices", _("Overdue invoices"), "billing.invoice", "receipt_long", "danger",
        _among(OWED, due_on__lt=lambda today: today), "billing.view_invoice",
    ),
    Matter(
        "failed_tasks", _("Failed background tasks"), "accounts.backgroundtask", "sync_problem", "danger",
        _is("failed"), "accounts.view_backgroundtask",
    ),
    Matter(
        "failed_backups", _("Backups that went wrong"), "accounts.backup", "backup", "danger",
        lambda today: {}, SEE_BACKUPS, rows=backups.troubled, page="admin:backups",
    ),
    Matter(
        "no_backup", _("No good backup for two days"), "accounts.backup", "backup", "danger",
        lambda today: {}, SEE_BACKUPS, rows=backups.lacking, page="admin:backups",
    ),
    Matter(
        "failed_mail", _("Messages that were not sent, or perhaps not"), "accounts.outgoingmail", "unsubscribe",
        "danger",
        _among(("failed", "unclear")), "accounts.view_outgoingmail",
    ),
    Matter(
        "new_enquiries", _("Enquiries waiting for a quote"), "production.enquiry", "mail", "info",
        _is("open"), "production.view_enquiry",
    ),
    Matter(
        "proofs_to_change", _("Proofs a client wants changed"), "production.proof", "draw", "warning",
        _is("changes"), "production.view_proof",
    ),
    Matter(
        "open_faults", _("Pieces that are not good, to be decided"), "production.nonconformance", "report", "danger",
        _is("open"), "production.view_nonconformance",
    ),
    Matter(
        "ordered_by_clients", _("Orders from the portal, not started"), "production.job", "shopping_cart", "info",
        lambda today: {"enquiry__origin__exact": "portal", "state__exact": "approved"}, "production.view_job",
    ),
    Matter(
        "refused_drawings", _("Drawings that could not be read"), "production.designfile", "architecture", "warning",
        lambda today: {"state__exact": "refused", "uploaded_at__date__gte": today - MONTH},
        "production.view_designfile",
    ),
    Matter(
        "draft_quotes", _("Quotes not sent yet"), "billing.quote", "edit_note", "info",
        _is("draft"), "billing.view_quote",
    ),
    Matter(
        "quotes_expiring", _("Quotes expiring or expired"), "billing.quote", "hourglass_bottom", "warning",
        lambda today: {"state__exact": "sent", "valid_until__lte": today + SOON}, "billing.view_quote",
    ),
    Matter(
        "quotes_waiting", _("Quotes waiting for an answer"), "billing.quote", "request_quote", "info",
        _is("sent"), "billing.view_quote",
    ),
    Matter(
        "jobs_due", _("Jobs due within a week"), "production.job", "event", "warning",
        _among(OPEN_JOB, due_on__gte=lambda today: today, due_on__lte=lambda today: today + SOON),
        "production.view_job",
    ),
    Matter(
        "jobs_behind", _("Jobs falling behind"), "production.job", "trending_down", "warning",
        lambda today: {"pace": "behind"}, "production.view_job", rows=milestones.behind,
    ),
    Matter(
        "certificates", _("Exemption certificates running out"), "crm.exemptioncertificate", "workspace_premium",
        "warning", lambda today: {"runs": "out"}, "crm.view_exemptioncertificate", rows=certificates.expiring,
    ),
    Matter(
        "follow_ups", _("Follow-ups due"), "crm.followup", "event_repeat", "warning",
        lambda today: {"due": "now"}, "crm.view_followup", rows=diary.overdue,
    ),
    Matter(
        "unread_messages", _("Jobs with unread messages from the client"), "production.job", "forum", "danger",
        lambda today: {"talk": "unread"}, "production.change_job", rows=conversation.unanswered,
    ),
    Matter(
        "without_material", _("Operations without enough reserved material"), "production.operation", "category",
        "warning", lambda today: {"which": "bare"}, "production.view_operation", rows=shortages.without_material,
    ),
    Matter(
        "low_items", _("Items below their minimum"), "inventory.item", "inventory_2", "warning",
        lambda today: {"stock": "low"}, "inventory.view_item", rows=stock.low,
    ),
    Matter(
        "needs", _("Items to buy"), "inventory.need", "production_quantity_limits", "warning",
        lambda today: {}, "inventory.view_need", rows=reorder.low,
    ),
    Matter(
        "late_purchases", _("Purchase orders overdue"), "inventory.purchaseorder", "local_shipping", "warning",
        lambda today: {"late": "yes"}, "inventory.view_purchaseorder", rows=purchasing.late,
    ),
    Matter(
        "unclear_work", _("Machine jobs that ended unseen"), "machines.machinejob", "help_center", "warning",
        lambda today: {"outcome__exact": "unclear"}, "machines.view_machinejob",
    ),
    Matter(
        "maintenance", _("Maintenance due"), "machines.maintenanceplan", "build", "warning",
        lambda today: {"due": "yes"}, "machines.view_maintenanceplan", rows=maintenance.due_plans,
    ),
    Matter(
        "open_work", _("Machine jobs that are nobody’s"), "machines.machinejob", "sell", "warning",
        lambda today: {"claim__exact": "open"}, "machines.view_machinejob",
    ),
    Matter(
        "unsettled_scans", _("Scans that need a person"), "inventory.scanevent", "person_alert", "danger",
        _is("conflict"), "inventory.view_scanevent",
    ),
    Matter(
        "locked_pins", _("People locked out by wrong PINs"), "accounts.membership", "lock_person", "danger",
        lambda today: {"pin__locked_until__isnull": "False"}, "accounts.view_membership", rows=pins.locked,
    ),
    Matter(
        "locked_tablets", _("Shop tablets locked by wrong PINs"), "machines.tablet", "screen_lock_portrait", "danger",
        lambda today: {"locked_until__isnull": "False"}, "machines.change_tablet", rows=registering.locked,
    ),
    Matter(
        "to_deliver", _("Jobs with pieces to be delivered"), "production.job", "local_shipping", "info",
        lambda today: {"deliver": "open"}, "billing.view_delivery", rows=deliveries.to_deliver,
    ),
    Matter(
        "made_jobs", _("Jobs made, to be invoiced"), "production.job", "task_alt", "info",
        lambda today: {"state__exact": "made", "bill": "open"}, "billing.view_invoice", rows=jobs.to_invoice,
    ),
    Matter(
        "bank_lines", _("Money from the bank, not booked yet"), "billing.bankline", "account_balance", "warning",
        lambda today: {"state__exact": "open", "amount__gt": "0"}, "billing.receive_payment",
    ),
    Matter(
        "received_invoices", _("Received invoices to be checked"), "billing.receivedinvoice", "inbox", "warning",
        _is("to_check"), "billing.decide_receivedinvoice",
    ),
    Matter(
        "late_received", _("Received invoices overdue"), "billing.receivedinvoice", "event_busy", "danger",
        lambda today: {"owed": "late"}, "billing.decide_receivedinvoice", rows=owing.late,
    ),
    Matter(
        "card_events", _("Card payments to be looked at"), "billing.providerevent", "credit_card_off", "danger",
        _is("matter"), "billing.receive_payment",
    ),
    Matter(
        "reminders", _("Reminders to look at and send"), "billing.reminder", "notification_important", "warning",
        _is("proposed"), "billing.send_reminder",
    ),
    Matter(
        "draft_invoices", _("Invoices not issued yet"), "billing.invoice", "draft", "info",
        _is("draft"), "billing.view_invoice",
    ),
)  # fmt: skip
BY_NAME = {matter.name: matter for matter in MATTERS}


class Count(Subquery):
    template = "(SELECT COUNT(*) FROM (%(subquery)s) _rows)"
    output_field = IntegerField()


def counts(user, names, more: tuple[tuple[str, Callable], ...] = ()) -> dict[str, int]:
    """How many there are of each of these matters, as far as the person may know; one query.

    `more` are names and functions that answer a queryset, counted with them for anybody.
    """
    granted = None if user.is_superuser else user.granted()
    open_to = tuple(name for name in sorted(names) if granted is None or BY_NAME[name].permission in granted)
    if not open_to and not more:
        return {}
    sql, parameters = _counting(get_scope()["workspace"].pk, open_to, more, timezone.localdate())
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return dict(zip((*open_to, *(name for name, _rows in more)), cursor.fetchone(), strict=True))


@lru_cache(maxsize=200)
def _counting(workspace: int, names: tuple[str, ...], more, today: date) -> tuple[str, tuple]:
    """The query of the sidebar, on every page: putting it together takes longer than running it."""
    with scope(workspace=Workspace(pk=workspace)):
        rows = {name: BY_NAME[name].queryset(today) for name in names} | {name: found() for name, found in more}
        unordered = {name: found if found.query.is_sliced else found.order_by() for name, found in rows.items()}
        counted = {name: Count(found.values("pk")) for name, found in unordered.items()}
        return Workspace.objects.filter(pk=workspace).values(**counted).query.sql_with_params()
