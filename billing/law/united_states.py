"""Sales tax by destination, as Massachusetts has it: the rate of the state goods go to, unless a certificate exempts.

The table of rates says in which states a business collects: no row for a state is no tax there. The rate of the longest
ZIP prefix counts, of several the one that began last. A line at 0 % beside taxed ones is what the state does not tax.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from billing.law.paper import Paper
from billing.models import Kind, TaxRate, Treatment
from crm import certificates
from crm.families import living
from crm.models import Client, ExemptionCertificate
from laseros.core.money import ZERO
from laseros.core.templatetags.laseros import day as said_day


@dataclass(frozen=True)
class Place:
    """Where a client's goods go. `state` is empty where no address says it."""

    country: str
    state: str
    postcode: str


def destination(client: Client) -> Place:
    """Of the address for deliveries, otherwise of the one there is."""
    rows = sorted(living(client).addresses.all(), key=lambda row: (row.kind != "delivery", row.pk))
    if not rows:
        return Place(client.workspace.country, "", "")
    first = rows[0]
    return Place(first.country.upper() or client.workspace.country, first.state.upper(), first.postcode.strip())


def rate_at(place: Place, day: date) -> Decimal | None:
    """The percent there on the day of supply; None where the business collects nothing then."""
    if not place.state:
        return None
    rows = [row for row in TaxRate.objects.filter(region=place.state)
            if row.covers(day) and place.postcode.startswith(row.postcode)]  # fmt: skip
    best = max(rows, key=lambda row: (len(row.postcode), row.valid_from or date.min, row.pk), default=None)
    return best.percent if best is not None else None


def certificate(client: Client, day: date, state: str = "") -> ExemptionCertificate | None:
    """The one that holds on `day` where the goods go."""
    state = state or destination(client).state
    return next((row for row in certificates.of(client, state) if row.covers(day)), None) if state else None


def proposed(client: Client, day: date | None = None) -> str:
    place, day = destination(client), day or timezone.localdate()
    if place.country != client.workspace.country:
        return Treatment.EXPORT
    if not place.state:
        return Treatment.STANDARD  # issuing asks for the state
    if rate_at(place, day) is None:
        return Treatment.OUTSIDE
    return Treatment.EXEMPT if certificate(client, day, place.state) else Treatment.STANDARD


def charge(lines: Iterable, client: Client, day: date) -> None:
    """Put the rate of the destination on the lines that are taxed; on all of them where none is."""
    lines, percent = list(lines), rate_at(destination(client), day) or ZERO
    for line in [line for line in lines if line.tax_percent] or lines:
        line.tax_percent = percent


def statement(treatment: str, facts: dict) -> str:
    """Why there is no tax; `facts` are those of `frozen`."""
    if treatment == Treatment.EXEMPT and (there := facts.get("certificate")):
        words = _("Exempt from sales tax: certificate %(number)s (%(state)s).")
        return words % {"number": there["number"], "state": there["state"]}
    if treatment == Treatment.OUTSIDE:
        return _("No sales tax is collected for deliveries to %(state)s.") % {"state": facts.get("state", "")}
    return _("No sales tax: shipped outside the United States.") if treatment == Treatment.EXPORT else ""


def frozen(client: Client, day: date, treatment: str) -> dict:
    """Where it goes to and, if that is why there is no tax, the certificate: kept with the document."""
    place = destination(client)
    found = {"state": place.state, "postcode": place.postcode}
    if treatment == Treatment.EXEMPT and (there := certificate(client, day, place.state)):
        until = there.valid_until.isoformat() if there.valid_until else ""
        found["certificate"] = {"number": there.number, "state": there.state, "valid_until": until}
    return found


def lacking(paper: Paper) -> list[str]:
    """A correction takes back what its origin said, whatever has become of address and certificate."""
    if paper.invoice.is_correction:
        return []
    treatment, place, found = paper.invoice.treatment, destination(paper.client), []
    if treatment in (Treatment.STANDARD, Treatment.OUTSIDE) and not place.state:
        found.append(_("the state in the client's address"))
    if treatment == Treatment.EXEMPT and certificate(paper.client, paper.supplied_on, place.state) is None:
        found.append(_("an exemption certificate that is valid on the date of supply"))
    return found


def wrong_rate(paper: Paper) -> Decimal | None:
    """A rate that is neither the destination's on the day of supply nor one of the table without a place."""
    if paper.invoice.is_correction:
        return None
    here = rate_at(destination(paper.client), paper.supplied_on)
    free = {row.percent for row in TaxRate.objects.filter(region="") if row.covers(paper.supplied_on)}
    percents = {line.tax_percent for line in paper.lines if line.tax_percent and not line.deposit_id}
    return next((percent for percent in sorted(percents) if percent != here and percent not in free), None)


def heading(kind: str, tax) -> str:
    return {
        Kind.INVOICE: _("Invoice"),
        Kind.CREDIT: _("Credit note"),
        Kind.CANCELLATION: _("Cancellation of an invoice"),
    }[kind]


def warnings(client: Client, day: date, untaxed: bool) -> list[str]:
    """What somebody who makes a quote or an invoice has to know. `untaxed`: no line of it carries tax."""
    place = destination(client)
    if place.country != client.workspace.country:
        return []
    if not place.state:
        return [_("The client's address names no state: which sales tax is due cannot be said.")]
    percent = rate_at(place, day)
    if percent is None:
        return [_("No sales tax: the table has no rate for %(state)s, so none is collected there.")
                % {"state": place.state}]  # fmt: skip
    rows = certificates.of(client, place.state)
    holding = next((row for row in rows if row.covers(day)), None)
    if holding is not None:
        soon = holding.valid_until and holding.valid_until <= timezone.localdate() + certificates.WARNED_BEFORE
        words = _("The exemption certificate %(number)s runs out on %(day)s.")
        return [words % {"number": holding.number, "day": said_day(holding.valid_until)}] if soon else []
    found = []
    if over := next((row for row in rows if row.valid_until and row.valid_until < day), None):
        words = _("The exemption certificate %(number)s ran out on %(day)s: sales tax is due.")
        found.append(words % {"number": over.number, "day": said_day(over.valid_until)})
    if untaxed and percent:
        words = _("Sales tax of %(state)s (%(percent)s %%) would be due, and no line carries it.")
        found.append(words % {"state": place.state, "percent": f"{percent.normalize():f}"})
    return found


def of_document(document) -> str:
    """Above a draft or an open quote."""
    if document is None or document.workspace.country != "US" or getattr(document, "is_correction", False):
        return ""
    if document.state not in ("draft", "sent"):
        return ""
    day = getattr(document, "supplied_on", None) or timezone.localdate()
    return " ".join(warnings(document.client, day, untaxed=not document.tax))
