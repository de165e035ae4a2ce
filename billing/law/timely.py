"""By when the law wants an invoice for a supply: said on the draft when the day comes near, and at month end."""

from calendar import monthrange
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from billing.models import Invoice, Treatment
from laseros.core.templatetags.laseros import day
from production import jobs

NEAR = timedelta(days=7)
WITHIN_ZA = timedelta(days=21)


def last_day(country: str, treatment: str, supplied_on: date) -> date | None:
    """The last day for an invoice of what was supplied on that day; None where no law says one.

    South Africa: 21 days (VAT Act 89 of 1991, section 20 (1)). Germany: six months (§ 14 (2) UStG), and the 15th of the
    next month for what goes to another EU country without VAT (§ 14a (3)).
    """
    if country == "ZA":
        return supplied_on + WITHIN_ZA
    if country != "DE":
        return None
    months, on = (1, 15) if treatment == Treatment.INTRA else (6, supplied_on.day)
    year, month = divmod(supplied_on.year * 12 + supplied_on.month - 1 + months, 12)
    return date(year, month + 1, min(on, monthrange(year, month + 1)[1]))


def of_invoice(invoice) -> str:
    """On a draft, a sentence from a week before that day; nothing for what takes back or has no supply yet."""
    if invoice is None or invoice.state != "draft" or invoice.is_correction or invoice.is_deposit:
        return ""
    country, today = invoice.workspace.country, timezone.localdate()
    if invoice.supplied_on is None or (country == "ZA" and not invoice.workspace.vat_number):
        return ""
    last = last_day(country, invoice.treatment, invoice.supplied_on)
    if last is None or today < last - NEAR:
        return ""
    said = {"supplied": day(invoice.supplied_on), "until": day(last)}
    if today > last:
        return _("What was supplied on %(supplied)s had to be invoiced until %(until)s: issue this one now.") % said
    return _("What was supplied on %(supplied)s is to be invoiced until %(until)s.") % said


def waiting(workspace) -> str:
    """At month end in South Africa, where the time is short: what is made, or supplied and drafted, and is late."""
    if workspace.country != "ZA" or not workspace.vat_number:
        return ""
    before = timezone.localdate() - WITHIN_ZA
    late = jobs.to_invoice().filter(made_at__date__lt=before).count()
    drafts = Invoice.objects.filter(state="draft", kind="invoice", is_deposit=False, supplied_on__lt=before)
    if not (late := late + drafts.count()):
        return ""
    return _("A tax invoice is to be issued within 21 days of the supply, and so long has waited: %(count)s.") % {
        "count": late
    }
