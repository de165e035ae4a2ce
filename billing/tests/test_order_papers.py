"""Order confirmations and pro forma invoices: say what was ordered, are numbered on their own, and are owed nothing."""

from decimal import Decimal

import pytest
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import OutgoingMail
from billing import order_papers, quotes
from billing.models import Invoice, OrderPaper
from billing.tests.ground import made_job, sent_quote, with_address
from laseros.core.errors import Refused
from laseros.tests.ground import perform_waiting
from production import jobs
from production.models import Job, JobLine

pytestmark = pytest.mark.usefixtures("scoped")


def words(paper: OrderPaper) -> str:
    paper.refresh_from_db()
    return " ".join(" ".join(page.extract_text() for page in PdfReader(paper.pdf.open()).pages).split())


def test_an_order_is_confirmed_once_as_it_is(shop, office, django_capture_on_commit_callbacks):
    with_address(shop)
    job = made_job(shop)
    paper = order_papers.write_for_job(job, "confirmation", office)
    assert paper.number.startswith("OC-")
    assert paper.total == job.quote.total
    perform_waiting()
    text = words(paper)
    for word in ("Order confirmation", paper.number, job.number, "Base plate", "We confirm"):
        assert word in text, word
    mail = OutgoingMail.objects.get(key__contains=f"order_paper:{paper.pk}")
    assert (mail.to, paper.number in mail.subject) == ("thandi@umgeni.example", True)
    assert order_papers.write_for_job(job, "confirmation", office) == paper
    # Changed since: another one, and the first goes on saying what it said.
    JobLine._base_manager.filter(job=job).update(unit_price=Decimal(1))
    second = order_papers.write_for_job(Job.objects.get(pk=job.pk), "confirmation", office)
    assert second.number != paper.number
    paper.refresh_from_db()
    assert paper.total == job.quote.total
    with pytest.raises(TypeError):
        paper.save()
    with pytest.raises(TypeError):
        paper.delete()


def test_a_pro_forma_says_that_it_is_no_invoice(shop, office):
    with_address(shop)
    quote = sent_quote(shop)
    paper = order_papers.write_for_quote(quote, "proforma", office)
    perform_waiting()
    assert paper.number.startswith("PF-")
    assert "This is a pro forma and no invoice" in words(paper)
    assert not Invoice.objects.exists()
    quotes.withdraw(quote, office)
    with pytest.raises(Refused, match="Only a quote"):
        order_papers.write_for_quote(quote, "proforma", office)
    assert OrderPaper.objects.count() == 1


def test_a_cancelled_job_has_none_and_the_office_finds_its_button(shop, office, log_in):
    job = quotes.accept(sent_quote(shop), name="Thandi")
    browser = log_in(office)
    do = reverse("admin:production_job_verb", args=[job.pk, "proforma"])
    page = browser.post(do, follow=True).content.decode()
    paper = OrderPaper.objects.get()
    assert paper.number in page
    pdf = browser.get(reverse("admin:billing_orderpaper_pdf", args=[paper.pk]))
    assert pdf.content[:5] == b"%PDF-"
    assert paper.number in browser.get(reverse("admin:billing_orderpaper_changelist")).content.decode()
    jobs.cancel(job, office)
    with pytest.raises(Refused):
        order_papers.write_for_job(job, "confirmation", office)
