"""Which field an electronic invoice wants and does not have, in the words of the form it is filled in on."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from billing.einvoice.said import Said

EMAIL = re.compile(r"[^@\s]+@([^@.\s]+\.)+[^@.\s]+")


@dataclass(frozen=True)
class Failure:
    """A broken rule: its code ("BR-DE-15", or "schema"), and what the official text says."""

    code: str
    text: str

    def __str__(self):
        return self.text if f"[{self.code}]" in self.text else f"[{self.code}] {self.text}"


def lacking(said: Said, *, xrechnung: bool) -> list[str]:
    """XRechnung wants more than EN 16931: places, people to ask, where to send it and where to pay."""
    seller, buyer = said.seller, said.buyer
    wanted = [
        (_("our name"), seller.name),
        (_("our country"), seller.country),
        (_("the client's name"), buyer.name),
        (_("our tax number or VAT number"), seller.vat_number or seller.tax_number or _outside(said)),
    ]
    if xrechnung:
        wanted += [
            (_("our postcode and town, on the last line of our address"), seller.postcode and seller.city),
            (_("our street"), seller.street),
            (_("our phone number"), len(re.findall(r"\d", seller.phone)) >= 3),
            (_("our e-mail address"), EMAIL.fullmatch(seller.email)),
            (_("the IBAN in our bank details"), said.iban),
            (_("the Leitweg-ID or buyer reference of the client"), said.buyer_reference),
            (_("the client's e-mail address"), EMAIL.fullmatch(buyer.email)),
            (_("the client's postcode"), buyer.postcode),
            (_("the client's town"), buyer.city),
        ]
    return [str(label) for label, there in wanted if not there]


def _outside(said: Said) -> bool:
    return all(tax.category == "O" for tax in said.taxes)


def in_words(failure: Failure) -> str:
    """A broken rule for whoever issues: which field it is about where that is known, and the official text."""
    field = {
        "BR-CO-09": _("A VAT number begins with the letters of its country, as in DE123456789."),
        "BR-AE-02": _("Reverse charge needs our VAT number and the client's."),
        "BR-IC-02": _("Delivery within the EU needs our VAT number and the client's."),
        "BR-G-02": _("Export needs our VAT number."),
        "BR-DE-15": _("The client has no Leitweg-ID or buyer reference."),
        "BR-DE-19": _("The IBAN in our bank details is not valid."),
        "BR-DE-27": _("Our phone number needs three digits at least."),
        "BR-DE-28": _("Our e-mail address is not valid."),
    }.get(failure.code)
    return f"{field} ({failure.code})" if field else str(failure)
