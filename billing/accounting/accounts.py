"""Which account a booking goes to: the usual ones of SKR03 and SKR04, and what a business has said otherwise."""

from decimal import Decimal
from itertools import chain

from django.db import IntegrityError, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.models import BooksRules, Debtor
from crm.models import Client
from laseros.core.errors import Refused
from laseros.core.retry import retried
from laseros.core.tax_words import EU

# key → (SKR03, SKR04). Revenue is "revenue:treatment[:percent]"; what is written off has the percent it loses.
USUAL = {
    "revenue:standard:19": ("8400", "4400"),
    "revenue:standard:7": ("8300", "4300"),
    "revenue:standard": ("8200", "4200"),
    "revenue:export": ("8120", "4120"),
    "revenue:intra": ("8125", "4125"),
    "revenue:reverse": ("8337", "4337"),
    "revenue:small": ("8195", "4185"),
    "revenue:none": ("8200", "4200"),
    "prepaid:19": ("1718", "3272"),
    "prepaid:7": ("1711", "3260"),
    "prepaid": ("1710", "3250"),
    "discount:19": ("8736", "4736"),
    "discount:7": ("8731", "4731"),
    "discount": ("8730", "4730"),
    "bad_debt:19": ("2406", "6936"),
    "bad_debt:7": ("2401", "6931"),
    "bad_debt": ("2400", "6930"),
    "difference": ("4900", "6300"),
    "bank": ("1200", "1800"),
    "cash": ("1000", "1600"),
    "card": ("1360", "1460"),
    "other": ("1360", "1460"),
    "gain": ("2660", "4840"),
    "loss": ("2150", "6880"),
}
LABELS = {
    "revenue:standard:19": _("Sales with 19 % VAT"),
    "revenue:standard:7": _("Sales with 7 % VAT"),
    "revenue:standard": _("Sales with another rate"),
    "revenue:export": _("Sales abroad, tax-free"),
    "revenue:intra": _("Sales within the EU, tax-free"),
    "revenue:reverse": _("Sales with reverse charge"),
    "revenue:small": _("Sales of a small business"),
    "revenue:none": _("Sales without VAT"),
    "prepaid:19": _("Deposits received, 19 % VAT"),
    "prepaid:7": _("Deposits received, 7 % VAT"),
    "prepaid": _("Deposits received, other"),
    "discount:19": _("Discounts, 19 %"),
    "discount:7": _("Discounts, 7 %"),
    "discount": _("Discounts, other"),
    "bad_debt:19": _("Bad debts, 19 %"),
    "bad_debt:7": _("Bad debts, 7 %"),
    "bad_debt": _("Bad debts, other"),
    "difference": _("Small differences"),
    "bank": _("Bank"),
    "cash": _("Cash"),
    "card": _("Cards on their way"),
    "other": _("Other money on its way"),
    "gain": _("Exchange gains"),
    "loss": _("Exchange losses"),
}


# What they are called where the rates are not Germany's.
PLAIN = {
    "revenue:standard": _("Sales with tax"),
    "revenue:none": _("Sales without tax"),
    "prepaid": _("Deposits received"),
    "discount": _("Discounts"),
    "bad_debt": _("Bad debts"),
}
GERMAN = {key for key in USUAL if key.endswith((":19", ":7"))} | {"revenue:small"}
WITHIN_THE_EU = {"revenue:intra", "revenue:reverse"}


def labels_of(country: str) -> dict:
    """{key: label} of the accounts that a business of that country books on."""
    if country == "DE":
        return LABELS
    left_out = GERMAN if country in EU else GERMAN | WITHIN_THE_EU
    return {key: PLAIN.get(key, label) for key, label in LABELS.items() if key not in left_out}


END_OF_DEBTORS = 7  # and the digits of an account: clients have 10000 to 69999, suppliers begin at 70000


@retried
def _placed(client: Client, end: int) -> int:
    """The digits of their code where nobody has that place, otherwise the next that is free; below `end`."""
    wanted = int("".join(letter for letter in client.code if letter.isdigit()) or 0)
    while True:
        taken = dict(Debtor.objects.values_list("place", "client"))
        free = chain((wanted,), range(max(taken, default=0) + 1, end), range(end))
        place = next((place for place in free if place < end and place not in taken), None)
        if place is None:
            raise Refused(gettext("No number is left for the account of %(client)s.") % {"client": client}, code="full")
        try:
            with transaction.atomic():
                return Debtor.objects.get_or_create(
                    client=client, defaults={"workspace": client.workspace, "place": place}
                )[0].place
        except IntegrityError:
            continue  # somebody else took it meanwhile


class Accounts:
    def __init__(self, rules: BooksRules):
        self.rules = rules
        self.place = 0 if rules.chart == "03" else 1
        self.debtors: dict[int, int] = {}  # client → place, of those this one was asked for

    def of(self, *parts) -> str:
        """The account for a key, as far as one is known for its parts: revenue:standard:16 is revenue:standard."""
        for count in range(len(parts), 0, -1):
            key = ":".join(str(part) for part in parts[:count])
            if key in self.rules.accounts:
                return self.rules.accounts[key]
            if key in USUAL:
                return self._long(USUAL[key][self.place])
        raise KeyError(parts)

    def revenue(self, treatment: str, percent: Decimal) -> str:
        if treatment == "standard":
            return self.of("revenue", treatment, f"{percent.normalize():f}")
        return self.of("revenue", "none" if treatment in ("exempt", "outside") else treatment)

    def prepaid(self, treatment: str, percent: Decimal) -> str:
        """Where a deposit waits for its final invoice: it is no revenue yet."""
        return self.of("prepaid", f"{percent.normalize():f}") if treatment == "standard" else self.of("prepaid")

    def loss_of(self, reason: str, percent: Decimal) -> str:
        return self.of(reason, f"{percent.normalize():f}")

    def debtor(self, client: Client) -> str:
        """The account of a client, and of nobody else. Raises `Refused` where all numbers are taken."""
        if not self.debtors:
            self.debtors = dict(Debtor.objects.values_list("client", "place"))
        if client.pk not in self.debtors:
            end = END_OF_DEBTORS * 10**self.rules.account_length
            self.debtors[client.pk] = _placed(client, end - self.rules.first_debtor)
        number = self.rules.first_debtor + self.debtors[client.pk]
        return f"{number:0{self.rules.account_length + 1}d}"

    def _long(self, account: str) -> str:
        return account.ljust(self.rules.account_length, "0")
