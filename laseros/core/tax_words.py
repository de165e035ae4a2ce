"""What tax on sales is called where a business is: VAT, sales tax, or just tax where the law has other words."""

from django.utils.translation import gettext as _

EU = frozenset(("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT",
                "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"))  # fmt: skip
# Beside the EU: where the law itself says VAT, in English or in the word its language has for it.
VAT = EU | frozenset(("AE", "AL", "BA", "BH", "BW", "CH", "GB", "GH", "IS", "KE", "LI", "LS",
                      "MD", "ME", "MK", "MU", "MW", "MZ", "NA", "NG", "NO", "OM", "RS", "RW",
                      "SA", "SZ", "TR", "TZ", "UA", "UG", "ZA", "ZM", "ZW"))  # fmt: skip
# The United States' postal codes of states, of the capital's district and of the territories that tax sales.
STATES = ("AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "DC", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS", "KY",
          "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC", "ND", "OH",
          "OK", "OR", "PA", "PR", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV", "WI", "WY")  # fmt: skip


def has_sales_tax(country: str) -> bool:
    return country == "US"


def may_include_tax(country: str) -> bool:
    """Whether a price may be said with its tax in it: not where tax is added to it by custom."""
    return not has_sales_tax(country)


def label(country: str, percent: str, state: str = "") -> str:
    """Before an amount of tax, in the language that is on: "VAT 15 %", "Sales tax (MA 6.25 %)", "Tax 10 %".

    `percent` as the reader's locale writes it.
    """
    if country in VAT:
        return _("VAT %(percent)s %%") % {"percent": percent}
    if not has_sales_tax(country):
        return _("Tax %(percent)s %%") % {"percent": percent}
    return _("Sales tax (%(rate)s %%)") % {"rate": f"{state} {percent}".strip()}


def contained(country: str, percent: str) -> str:
    """Of a sum that includes it, as clients read it: "contains 15 % VAT"."""
    words = _("contains %(percent)s %% VAT") if country in VAT else _("contains %(percent)s %% tax")
    return words % {"percent": percent}


def included(country: str) -> str:
    """Beside a price that includes it."""
    return _("incl. VAT") if country in VAT else _("incl. tax")


def word(country: str) -> str:
    """The word alone, as a heading or inside a sentence."""
    if country in VAT:
        return _("VAT")
    return _("Sales tax") if has_sales_tax(country) else _("Tax")
