"""A document as the law looks at it, and what every country wants of it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from billing.law import limits
from billing.models import Invoice, InvoiceLine, TaxRate, Treatment
from billing.totals import Totals
from crm.families import living
from crm.models import Address, Client
from laseros.core.tax_words import VAT, has_sales_tax

VAT_NUMBERS = {
    "ZA": r"4\d{9}",
    "DE": r"DE\d{9}",
    "AT": r"ATU\d{8}",
    "NL": r"NL\d{9}B\d{2}",
    "FR": r"FR[0-9A-Z]{2}\d{9}",
}


def vat_number_fits(number: str, country: str) -> bool:
    """Whether it can be a VAT number of that country; of others any with letters and digits can."""
    plain = re.sub(r"[\s.-]", "", number).upper()
    return re.fullmatch(VAT_NUMBERS.get(country, r"[A-Z0-9]{4,20}"), plain) is not None


def address_of(client: Client) -> Address | None:
    """The one invoices go to, or whichever there is; of one that was merged, the other's."""
    rows = sorted(living(client).addresses.all(), key=lambda row: (row.kind != "invoice", row.pk))
    return rows[0] if rows else None


def country_of(client: Client) -> str:
    """Where a client is: of their address, otherwise ours."""
    return country_at(client, address_of(client))


def country_at(client: Client, address: Address | None) -> str:
    return (address.country if address else "").upper() or client.workspace.country


@dataclass(frozen=True)
class Paper:
    invoice: Invoice
    lines: list[InvoiceLine]
    found: Totals
    supplied_on: date

    @property
    def workspace(self):
        return self.invoice.workspace

    @property
    def client(self):
        return self.invoice.client

    @property
    def plain(self) -> bool:
        return self.invoice.treatment == Treatment.STANDARD

    def lacking(self) -> list[str]:
        """What no invoice anywhere may do without."""
        invoice, workspace = self.invoice, self.workspace
        wanted: Iterable[tuple[object, object]] = (
            (_("our name"), workspace.printed_name),
            (_("our address"), workspace.address.strip()),
            (_("our VAT number"), workspace.vat_number or not self.found.tax or self._needs_no_vat_number()),
            (_("the client's name"), self.client.name),
            (_("the reason for the correction"), invoice.reason.strip() or not invoice.is_correction),
            (
                pgettext("invoice", "the description of every line"),
                all(line.description.strip() for line in self.lines),
            ),
        )
        return [str(label) for label, there in wanted if not there]

    def _needs_no_vat_number(self) -> bool:
        """Sales tax has none; where there is no VAT, and in Germany, the tax number will do."""
        country = self.workspace.country
        return has_sales_tax(country) or ((country == "DE" or country not in VAT) and bool(self.workspace.tax_number))

    def buyers_address(self) -> list[str]:
        address = address_of(self.client)
        if address is None:
            return [_("the client's address")]
        wanted = ((_("the client's street"), address.street), (_("the client's town"), address.city))
        return [str(label) for label, value in wanted if not value.strip()]

    def wrong_rate(self) -> Decimal | None:
        """A rate on a line that the business's own table, or the country's, does not have on the day of supply.

        A deposit is taken off at the rate of its own day.
        """
        rows = list(TaxRate.objects.all())
        lawful = limits.rates(self.workspace.country, self.supplied_on)
        for percent in sorted({line.tax_percent for line in self.lines if line.tax_percent and not line.deposit_id}):
            known = [rate for rate in rows if rate.percent == percent]
            fits = any(rate.covers(self.supplied_on) for rate in known) if known else not lawful or percent in lawful
            if not fits:
                return percent
        return None
