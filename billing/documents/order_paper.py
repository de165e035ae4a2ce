"""An order confirmation or a pro forma on paper, from what was frozen when it was written."""

from datetime import date
from decimal import Decimal

from django.utils import timezone

from accounts.documents import pdf
from accounts.documents.letterhead import day, letterhead, vat
from billing.models import OrderPaper
from crm import links
from crm.families import living

AMOUNTS = ("unit_price", "tax_percent", "discount", "discount_percent", "amount")


def order_paper_pdf(paper: OrderPaper) -> bytes:
    facts = paper.frozen
    locale = facts["locale"]
    rows = [
        {**line, "position": number, **{name: Decimal(line[name]) for name in AMOUNTS}}
        for number, line in enumerate(facts["lines"], start=1)
    ]
    discount = sum((Decimal(row["amount"]) for row in facts.get("discounts", ())), Decimal(0))
    context = {
        **letterhead(paper.workspace, facts["seller"], facts["buyer"]),
        "paper": paper,
        "proforma": paper.kind == OrderPaper.Kind.PROFORMA,
        "facts": facts,
        "statement": facts.get("statement", ""),
        "date": day(timezone.localdate(paper.created_at), locale),
        "due": day(date.fromisoformat(facts["due"]), locale) if facts["due"] else "",
        "rows": rows,
        "discount": discount,
        "discount_percent": Decimal(facts["discount_percent"]),
        "before_discount": (paper.total if paper.tax_included else paper.net) + discount,
        "tax_included": paper.tax_included and any(Decimal(row["percent"]) for row in facts["vat"]),
        "found": paper,
        "vat": vat(facts["vat"]),
        "tax_state": facts.get("sales_tax", {}).get("state", ""),
        "currency": paper.currency,
        "several_rates": len(facts["vat"]) > 1,
        "draft": False,
    }
    return pdf.render("billing/order_paper.html", context, facts["language"])


def page_of(paper: OrderPaper) -> str:
    """What the client's mail leads to: the job, or the quote while there is none."""
    target = paper.job or paper.quote
    contact = getattr(target, "contact", None)
    return links.url(links.make(target, living(paper.client), contact))
