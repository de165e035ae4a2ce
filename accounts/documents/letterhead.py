"""What every document shows: who writes, to whom, when, and the lines with their sums."""

from datetime import date
from decimal import Decimal

from babel.dates import format_date

from accounts.documents import pictures
from laseros.core import colours
from laseros.core.discounts import line_discount

PAPER = "#ffffff"


def letterhead(workspace, seller: dict, buyer: dict) -> dict:
    brand = colours.valid(workspace.colour)
    return {
        "workspace": workspace,
        "seller": seller,
        "seller_address": [line for line in seller["address"].splitlines() if line.strip()],
        "bank_lines": [line for line in seller["bank_details"].splitlines() if line.strip()],
        "buyer": buyer,
        "logo": pictures.logo(workspace),
        "brand": colours.readable(brand, PAPER),
        "bar": brand,
    }


def day(value: date | None, locale: str) -> str:
    return format_date(value, "long", locale=locale) if value else ""


def rows(lines, currency: str) -> list[dict]:
    return [
        {
            "position": number,
            "label": getattr(line, "label", ""),  # what a line that may be left out is offered as
            "counts": getattr(line, "counts", True),
            "description": line.description,
            "detail": getattr(line, "detail", ""),
            "picture": getattr(line, "picture", None),
            "quantity": line.quantity,
            "unit_price": -line.unit_price if getattr(line, "deposit_id", None) else line.unit_price,
            "discount": line_discount(line, currency),
            "discount_percent": line.discount_percent,
            "amount": line.amount,
            "tax_percent": line.tax_percent,
            "offers": getattr(line, "offers", ()),
        }
        for number, line in enumerate(lines, start=1)
    ]


def vat(rates: list[dict]) -> list[dict]:
    return [{name: Decimal(value) for name, value in rate.items()} for rate in rates]
