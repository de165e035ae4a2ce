"""What of quotes, jobs and invoices keeps a client from being erased, and what of a person is blanked there."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from billing.models import Invoice, Payment, Quote
from billing.states import OWED
from crm import erasing
from crm.families import family
from crm.models import Client, Contact
from production.models import Job
from production.states import OPEN_JOB


def holds(client: Client) -> Iterator[str]:
    theirs = Q(client__in=family(client))
    for rows in (
        Job.objects.filter(theirs, state__in=OPEN_JOB),
        Quote.objects.filter(theirs, state__in=("draft", "sent")),
        Invoice.objects.filter(theirs, state__in=("draft", *OWED)),
    ):
        if (row := rows.order_by("id").first()) is not None:
            yield str(row)
    if Payment.objects.filter(theirs, unused__gt=0).exists():
        yield _("their credit")


def blank(contact: Contact) -> None:
    """Who declined a quote, and from where. Who accepted one stands for the order."""
    Quote._base_manager.filter(contact=contact).exclude(state="accepted").update(decided_by="", decided_from=None)


erasing.HOLDS.append(holds)
erasing.ALSO.append(blank)
