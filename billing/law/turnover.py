"""How near a small business is to the turnover up to which it charges no VAT (§ 19 UStG)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.facts import TURNOVER
from billing.law import limits
from billing.models import Invoice
from laseros.core.money import ZERO, show

NEAR = Decimal("0.8")


@dataclass(frozen=True)
class Turnover:
    """`before`: of the year before, with the limit that lets this year be one; `now`: of this year."""

    before: Decimal
    now: Decimal
    limit_before: Decimal
    limit_now: Decimal


def of(workspace, more: Decimal = ZERO) -> Turnover:
    today = timezone.localdate()
    first, second = limits.at(limits.SMALL_BUSINESS_DE, today)
    issued = Invoice.objects.filter(number__isnull=False, currency=workspace.currency)

    def year(number: int) -> Decimal:
        days = {"issued_on__gte": date(number, 1, 1), "issued_on__lte": date(number, 12, 31)}
        return Decimal(issued.filter(**days).aggregate(sum=Sum(TURNOVER))["sum"] or 0)

    return Turnover(year(today.year - 1), year(today.year) + more, first, second)


def warning(workspace, more: Decimal = ZERO) -> str:
    """A sentence where the limits are near or passed; nothing for a business that charges VAT."""
    if not workspace.small_business or workspace.country != "DE":
        return ""
    found = of(workspace, more)

    def said(amount: Decimal) -> str:
        return show(amount, workspace.currency, workspace.locale)

    if found.before > found.limit_before:
        return _(
            "Last year's turnover was %(turnover)s, more than %(limit)s: this year you have to charge VAT (§ 19 UStG)."
        ) % {"turnover": said(found.before), "limit": said(found.limit_before)}
    if found.now > found.limit_now:
        return _(
            "With %(turnover)s this year you have passed %(limit)s: from the invoice that passes it on you have to"
            " charge VAT (§ 19 UStG)."
        ) % {"turnover": said(found.now), "limit": said(found.limit_now)}
    if found.now >= NEAR * found.limit_before:
        return _("This year's turnover is %(turnover)s; the limit of § 19 UStG is %(before)s for next year and %(now)s"
                 " for this one.") % {"turnover": said(found.now), "before": said(found.limit_before),
                                      "now": said(found.limit_now)}  # fmt: skip
    return ""


def of_invoice(invoice) -> str:
    """On a draft, with what it would add."""
    if invoice is None or invoice.state != "draft" or invoice.is_correction:
        return ""
    return warning(invoice.workspace, invoice.net)
