"""An order of the demonstration that is made in parts: what goes with it is prepared by other hands."""

from datetime import timedelta

from django.utils.translation import get_language

from crm.models import Client
from laseros.demo.ground import Business
from production import sub_jobs
from production.states import OPEN_JOB

PARTS = {
    "en": (("Assembly jig", 1), ("Labels and packing", 20)),
    "de": (("Montagelehre", 1), ("Etiketten und Verpackung", 20)),
}


def divide(business: Business, client: Client) -> None:
    """The newest job of a client that is still to be made has two parts, the first due two days before it."""
    whole = client.jobs.filter(state__in=OPEN_JOB).order_by("-id").first()
    if whole is None:
        return
    for number, (title, quantity) in enumerate(PARTS[(get_language() or "en")[:2]]):
        due_on = whole.due_on - timedelta(days=2 - number) if whole.due_on else None
        office = business.people["office"]
        sub_jobs.open_new(whole, key=f"demo:{number}", title=title, quantity=quantity, due_on=due_on, by=office)
