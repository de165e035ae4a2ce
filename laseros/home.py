"""The back office's start page: what needs me, key figures, the machines, what happened lately."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial

from django.db.models import Count, DecimalField, ExpressionWrapper, F, FloatField, Q, Sum
from django.db.models.functions import TruncDate
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django_scopes import get_scope

from accounts import telling
from accounts.models import Activity, Membership
from accounts.roles import SEE_MONEY
from billing import invoices
from billing.models import Invoice, PriceRules, Quote, TaxRate
from billing.states import OWED
from crm.models import Client
from inventory.models import Item, Material
from laseros import matters
from laseros.core.few import few
from machines.models import Machine
from production.models import CuttingParameter, Enquiry, Job, Operation, Run
from production.states import ACTIVE_RUN, IN_QUEUE, OPEN_JOB

DAYS = 30
MONEY = DecimalField(max_digits=18, decimal_places=4)
# Counted in one query with the matters: the figures, and what a new business still lacks.
COUNTED = (
    ("open_jobs", lambda: Job.objects.filter(state__in=OPEN_JOB)),
    ("queued", lambda: Operation.objects.filter(state="queued")),
    ("running", lambda: Run.objects.filter(state__in=ACTIVE_RUN)),
    ("people", lambda: Membership.objects.filter(is_active=True).order_by()[:2]),
    ("taxes", lambda: TaxRate.objects.order_by()[:1]),
    ("rules", lambda: PriceRules.objects.order_by()[:1]),
    ("machines", lambda: Machine.objects.filter(archived_at=None).order_by()[:1]),
    ("materials", lambda: Material.objects.order_by()[:1]),
    ("items", lambda: Item.objects.order_by()[:1]),
    ("confirmed", lambda: CuttingParameter.objects.exclude(confirmed_at=None).order_by()[:1]),
    ("clients", lambda: Client.objects.order_by()[:1]),
    ("enquiries", lambda: Enquiry.objects.order_by()[:1]),
    ("jobs", lambda: Job.objects.order_by()[:1]),
)


def dashboard(request, context: dict) -> dict:
    user, today = request.user, timezone.localdate()
    counts = matters.counts(user, matters.BY_NAME, COUNTED)
    context.update(
        title=_("Today"),
        today=today,
        needs_me=_needs_me(user, counts, today),
        figures=_figures(user, counts, today),
        first_steps=_first_steps(user, counts),
        chart=None,
        story=[],
    )
    if user.has_perm(SEE_MONEY) and user.has_perm("billing.view_invoice"):
        context["money_figures"], context["chart"] = _money(today)
    if user.has_perm("machines.view_machine"):
        context["machines"] = machines_now()
    if user.has_perm("accounts.view_activity"):
        # Who came in stands in the log; here it would push out what they did.
        lines = Activity.objects.exclude(verb="logged in").select_related("target_type").order_by("-at", "-id")[:12]
        may_see = partial(telling.may_see, user)
        context["story"] = [telling.told(line, sees_money=False, may_see=may_see) for line in lines]
    return context


def machines_panel(request):
    """The machines alone, fetched again every few seconds by the page that shows them."""
    machines = machines_now() if request.user.has_perm("machines.view_machine") else []
    return TemplateResponse(request, "admin/home/machines.html", {"machines": machines})


def machines_now() -> list[dict]:
    """Every machine with its state, its running job and what stands in its queue; three queries."""
    machines = list(Machine.objects.filter(archived_at=None).select_related("status"))
    work = ExpressionWrapper((F("quantity") - F("good")) * F("seconds_each"), output_field=FloatField())
    queues = {
        row["machine"]: row
        for row in few(Operation.objects.filter(state__in=IN_QUEUE))
        .filter(machine__in=machines)
        .order_by()
        .values("machine")
        .annotate(waiting=Count("pk", filter=Q(state="queued")), seconds=Sum(work))
    }
    running = {
        run.machine_id: run
        for run in few(Run.objects.filter(state__in=ACTIVE_RUN))
        .order_by()  # asked for in order, SQLite would go through all runs there ever were
        .select_related("operation__job_line__job", "operation__sheet__nest", "operator")
    }
    return [
        {
            "machine": machine,
            "status": getattr(machine, "status", None),
            "run": running.get(machine.pk),
            "waiting": queues.get(machine.pk, {}).get("waiting", 0),
            "seconds": queues.get(machine.pk, {}).get("seconds") or 0,
        }
        for machine in machines
    ]


def _needs_me(user, counts: dict, today: date) -> list[dict]:
    return [
        {"matter": matter, "count": counts[matter.name], "link": matter.link(today)}
        for matter in matters.MATTERS
        if counts.get(matter.name)
    ]


def _figures(user, counts: dict, today: date) -> list[dict]:
    figures = []
    if user.has_perm("production.view_job"):
        states = ",".join(OPEN_JOB)
        figures.append(_figure(_("Open jobs"), counts["open_jobs"], "production_job", f"state__in={states}"))
    if user.has_perm("production.view_operation"):
        figures.append(_figure(_("Operations queued"), counts["queued"], "production_operation", "state__exact=queued"))
        states = ",".join(ACTIVE_RUN)
        figures.append(_figure(_("Running now"), counts["running"], "production_run", f"state__in={states}"))
    return figures


def _figure(label: str, value, page: str, query: str = "", note: str = "") -> dict:
    link = _page(f"{page}_changelist")
    return {"label": label, "value": value, "link": f"{link}?{query}" if link and query else link, "note": note}


def _page(name: str) -> str:
    try:
        return reverse(f"admin:{name}")
    except NoReverseMatch:  # a page of a room that is switched off
        return ""


def _money(today: date) -> tuple[list[dict], dict]:
    """Key figures in money and the thirty days behind us; five queries over few or indexed rows."""
    offered = Quote.objects.filter(state="sent").aggregate(sum=Sum("net"), count=Count("pk"))
    owed = ExpressionWrapper(F("total") - F("paid") - F("credited"), output_field=MONEY)
    due = few(Invoice.objects.filter(state__in=OWED)).aggregate(
        sum=Sum(owed), late=Sum(owed, filter=Q(due_on__lt=today)), count=Count("pk")
    )
    stock = Item.objects.filter(on_hand__gt=0).aggregate(
        sum=Sum(ExpressionWrapper(F("on_hand") * F("price"), output_field=MONEY))
    )
    first, month = today - timedelta(days=DAYS - 1), today.replace(day=1)
    invoiced = _per_day(
        Invoice.objects.filter(issued_on__gte=min(first, month)).values_list("issued_on"), invoices.TURNOVER
    )
    quoted = _per_day(
        Quote.objects.filter(sent_at__gte=_midnight(first)).annotate(day=TruncDate("sent_at")).values_list("day")
    )
    this_month = sum((amount for day, amount in invoiced.items() if day >= month), Decimal(0))
    owed_states = ",".join(OWED)
    figures = [
        _figure(_("Open quotes, without tax"), offered["sum"] or 0, "billing_quote", "state__exact=sent"),
        _figure(_("Invoiced this month, without tax"), this_month, "billing_invoice", f"issued_on__gte={month}"),
        _figure(_("Owed to us"), due["sum"] or 0, "billing_invoice", f"state__in={owed_states}"),
        _figure(_("Of it overdue"), due["late"] or 0, "billing_invoice", f"state__in={owed_states}&due_on__lt={today}"),
        _figure(_("Stock at cost"), stock["sum"] or 0, "inventory_item"),
    ]
    return figures, _chart(first, today, invoiced, quoted)


def _midnight(day: date):
    return timezone.make_aware(datetime.combine(day, time.min))


def _per_day(rows, amount="net") -> dict[date, Decimal]:
    return dict(rows.order_by().annotate(sum=Sum(amount)))


def _chart(first: date, today: date, invoiced: dict, quoted: dict) -> dict | None:
    """Two bars a day in a box of 600 by 120, ready to be drawn."""
    days = [first + timedelta(days=n) for n in range(DAYS)]
    most = max([*(invoiced.get(day, 0) for day in days), *(quoted.get(day, 0) for day in days)])
    if not most:
        return None
    bars = []
    for n, day in enumerate(days):
        for offset, kind, label, amounts in (
            (2, "quoted", _("Quoted"), quoted),
            (10, "invoiced", _("Invoiced"), invoiced),
        ):
            amount = max(amounts.get(day) or 0, 0)  # a day of credit notes has no bar
            height = round(float(amount / most) * 110, 1)
            if height:
                bars.append(
                    {"x": n * 20 + offset, "y": round(120 - height, 1), "height": height, "kind": kind}
                    | {"label": label, "day": day, "amount": amount}
                )
    totals = {
        "quoted": sum((quoted.get(day) or 0 for day in days), Decimal(0)),
        "invoiced": sum((invoiced.get(day) or 0 for day in days), Decimal(0)),
    }
    return {"bars": bars, "first": first, "last": today, **totals}


def _first_steps(user, counts: dict) -> list[dict]:
    """What a new business does first, until its first job is there; only what this person may do."""
    if counts["jobs"]:
        return []
    here = get_scope()["workspace"]
    known = bool(here.address)
    steps = (
        (_("Say who you are: name, address, logo, tax number"), "accounts.change_workspace", known),
        (_("Invite the people you work with"), "accounts.add_membership", counts["people"] > 1),
        (_("Enter your tax rate"), "billing.add_taxrate", counts["taxes"]),
        (_("Add your first machine"), "machines.add_machine", counts["machines"]),
        (_("Add a material"), "inventory.add_material", counts["materials"]),
        (_("Add an item to stock and book some in"), "inventory.add_item", counts["items"]),
        (_("Confirm how your machine cuts it"), "production.add_cuttingparameter", counts["confirmed"]),
        (_("Say what work costs and what you add to it"), "billing.add_pricerules", counts["rules"]),
        (_("Add your first client"), "crm.add_client", counts["clients"]),
        (_("Take an enquiry and drop a drawing on it"), "production.add_enquiry", counts["enquiries"]),
    )
    return [
        {"label": label, "link": _first_page(permission), "done": bool(done)}
        for label, permission, done in steps
        if user.has_perm(permission) and ("laser" in here.modules or permission != "production.add_cuttingparameter")
    ]


def _first_page(permission: str) -> str:
    """The page a permission is about: add_client is the form for a new client."""
    room, _dot, name = permission.partition(".")
    deed, _line, model = name.partition("_")
    return _page(f"{room}_{model}_{'add' if deed == 'add' else 'changelist'}")
