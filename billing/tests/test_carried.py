"""Papers over several pages: what each page carries over is what its lines and those before it come to."""

import io
import re
from decimal import Decimal

import pytest
from pypdf import PdfReader

from accounts.models import Workspace
from billing import documents, invoices, order_papers, quotes
from billing.documents.invoice import invoice_pdf
from billing.documents.order_paper import order_paper_pdf
from billing.models import InvoiceLine, QuoteLine
from billing.tests.ground import made_job, new_enquiry
from laseros.core.money import show

pytestmark = [pytest.mark.one_database, pytest.mark.usefixtures("scoped")]
WORDS = {"en": ("Brought forward", "Carried over"), "de": ("Übertrag", "Übertrag")}
SUM = {"en": "Sum without tax", "de": "Summe netto"}


def lines_of(model, count: int, **fields) -> list:
    """Of different heights, so that pages hold different numbers of them, and with cents."""
    return [
        model(
            description=f"Part {n}. " + "with a long name " * (n % 4),
            quantity=n % 5 + 1,
            unit_price=Decimal(n) + Decimal("0.37"),
            position=n + 1,
            **fields,
        )
        for n in range(count)
    ]


def quote_of(shop, office, lines: int):
    quote = quotes.draw_up(new_enquiry(shop), office)
    quote.lines.all().delete()
    quotes.change_lines(quote, lines_of(QuoteLine, lines), [], office)
    quote.refresh_from_db()
    return quote


def invoice_of(shop, office, lines: int):
    invoice = invoices.draft_from(made_job(shop, office), office)
    invoice.lines.all().delete()
    invoices.change_lines(invoice, lines_of(InvoiceLine, lines, tax_percent=Decimal(15)), [], office)
    invoice.refresh_from_db()
    return invoice


def pages_of(paper: bytes) -> list[str]:
    """The text of each page that has lines or their sums."""
    pages = (page.extract_text().replace("\xa0", " ") for page in PdfReader(io.BytesIO(paper)).pages)
    return [page for page in pages if rows_on(page) or any(words in page for words in SUM.values())]


def rows_on(page: str) -> list[int]:
    return [int(number) for number in re.findall(r"\bPart (\d+)\.", page)]


def amounts(page: str) -> list[tuple[str, str]]:
    found = (line.partition(": ") for line in page.splitlines())
    return [(words, amount) for words, colon, amount in found if words in WORDS["en"] + WORDS["de"]]


def check(paper: bytes, nets: list[Decimal], workspace, language: str = "en") -> int:
    """What every page has to carry, and that no line is lost. How many pages have lines."""
    pages, printed = pages_of(paper), []
    forward, over = WORDS[language]
    for number, page in enumerate(pages, start=1):
        before, printed = printed, printed + rows_on(page)
        expected = [(forward, before)] * (number > 1) + [(over, printed)] * (number < len(pages))
        sums = [(words, sum(nets[row] for row in rows)) for words, rows in expected]
        shown = [(words, show(total, workspace.currency, workspace.locale)) for words, total in sums]
        assert amounts(page) == [(words, amount.replace("\xa0", " ")) for words, amount in shown]
        assert len(printed) > len(before)  # the sums never stand without a line above them
        assert (SUM[language] in page) is (number == len(pages))
    assert printed == list(range(len(nets)))
    return len(pages)


def nets_of(document) -> list[Decimal]:
    return [line.amount for line in document.lines.all()]


CASES = [
    (quote_of, documents.quote_pdf, 60, "de"),
    (invoice_of, invoice_pdf, 60, "en"),
    (quote_of, documents.quote_pdf, 100, "en"),
    (invoice_of, invoice_pdf, 100, "de"),
]


@pytest.mark.parametrize(("make", "draw", "count", "language"), CASES)
def test_each_page_carries_over_the_sum_of_its_lines(shop, office, make, draw, count, language):
    Workspace.objects.filter(pk=shop.workspace.pk).update(language=language)
    shop.workspace.refresh_from_db()
    document = make(shop, office, count)
    document.workspace.refresh_from_db()
    assert check(draw(document), nets_of(document), shop.workspace, language) >= count // 30


@pytest.mark.parametrize(("make", "draw"), [(quote_of, documents.quote_pdf), (invoice_of, invoice_pdf)])
def test_one_page_carries_nothing(shop, office, make, draw):
    document = make(shop, office, 1)
    assert check(draw(document), nets_of(document), shop.workspace) == 1


@pytest.mark.parametrize("kind", ["confirmation", "proforma"])
def test_an_order_paper_carries_over_too(shop, office, kind):
    quote = quotes.send(quote_of(shop, office, 30), office)
    paper = order_papers.write_for_quote(quote, kind, office)
    assert check(order_paper_pdf(paper), nets_of(quote), shop.workspace) == 2


def test_whatever_the_number_of_lines_the_last_one_stands_with_the_sums(shop, office):
    """Wherever the page ends: before the sums, between them and the last line, within the lines."""
    invoice = invoice_of(shop, office, 20)
    lines, nets = list(invoice.lines.all()), nets_of(invoice)
    found = [check(invoice_pdf(invoice, lines[:count]), nets[:count], shop.workspace) for count in range(14, 21)]
    assert (set(found), found) == ({1, 2}, sorted(found))
