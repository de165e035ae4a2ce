"""What a client who pays late owes beside the invoice: fee, flat sum, interest with how it came about."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.law import lateness
from billing.models import BooksRules, Interest, Invoice
from crm.models import Client
from laseros.core.money import ZERO, cents


@dataclass(frozen=True)
class Claim:
    open: Decimal
    fee: Decimal
    flat: Decimal
    slices: tuple[lateness.Slice, ...]

    @property
    def interest(self) -> Decimal:
        return sum((each.amount for each in self.slices), ZERO)


def claim_of(invoice: Invoice, step: int, rules: BooksRules, day: date) -> Claim:
    """As of `day`. The first step only reminds; what the settings do not say is not claimed."""
    country, currency = invoice.workspace.country, invoice.currency
    business = invoice.client.kind == Client.Kind.BUSINESS
    left = cents(invoice.balance, currency)
    fee = {2: rules.fee_second, 3: rules.fee_third}.get(step, ZERO)
    # Fees are set in the currency of the books; another currency's client is asked for none.
    if currency != invoice.workspace.currency or not lateness.fee_allowed(country, step):
        fee = ZERO
    flat, slices = ZERO, []
    if step > 1 and invoice.due_on and rules.interest == Interest.LAW:
        slices = lateness.by_law(left, invoice.due_on, day, business, currency, rules.base_rate)
        flat = lateness.flat(country, business, currency, day)
    elif step > 1 and invoice.due_on and rules.interest == Interest.TERMS:
        slices = lateness.by_terms(left, invoice.due_on, day, rules.interest_percent, currency)
    if flat:  # § 288 (5) BGB: what is asked for as costs counts towards it
        fee = max(fee - flat, ZERO)
    return Claim(left, cents(fee, currency), flat, tuple(slices))
