"""What maintenance plans say of themselves: how far they are, and what is left."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from laseros.core.templatetags.laseros import number
from machines.models import Machine, MaintenancePlan

ORDER = {"overdue": 0, "due": 1, "fine": 2}


def state_of(row: MaintenancePlan) -> str:
    return {"overdue": _("overdue"), "due": _("due"), "fine": _("not due yet")}[row.state]


def limits(row: MaintenancePlan) -> str:
    """ "every 200 hours at work or 30 days"."""
    parts = []
    if row.hours:
        parts.append(ngettext("%(count)s hour at work", "%(count)s hours at work", row.hours) % {"count": row.hours})
    if row.pierces:
        parts.append(_("%(count)s pierces") % {"count": number(row.pierces, 0)})
    if row.metres:
        parts.append(_("%(count)s m") % {"count": number(row.metres, 0)})
    if row.days:
        parts.append(ngettext("%(count)s day", "%(count)s days", row.days) % {"count": row.days})
    return _(" or ").join(parts)


def left(row: MaintenancePlan) -> str:
    """Of the limit that is nearest: what is left, or how far it is past."""
    shares = row.shares
    if not shares:
        return limits(row)
    name = max(shares, key=lambda each: shares[each])
    if name == "days":
        day = date_format(row.due_on, "SHORT_DATE_FORMAT")
        past = row.due_on < timezone.localdate()
        return (_("since %(day)s") if past else _("on %(day)s")) % {"day": day}
    limit = getattr(row, name)
    used = shares[name] * limit
    units = {"hours": _("h"), "pierces": _("pierces"), "metres": _("m")}
    said = {"used": number(used, 0), "limit": number(limit, 0), "unit": units[name]}
    return _("%(used)s of %(limit)s %(unit)s") % said


def plans_of(machine: Machine) -> list[dict]:
    """What is nearest first."""
    rows = machine.plans.filter(archived_at=None).select_related("machine__use")
    found = sorted(rows, key=lambda row: (ORDER[row.state], -row.share))
    return [{"row": row, "state": state_of(row), "left": left(row)} for row in found]
