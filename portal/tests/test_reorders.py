"""Ordered again with one tap: the same part, at today's price, the difference said."""

import re
from decimal import Decimal

import pytest
from django.utils import timezone
from django_scopes import scope

from billing.models import PriceRules, QuoteLine
from crm import clients
from inventory.models import Item
from laseros.core.errors import Refused
from laseros.tests.database import guards_off
from laseros.tests.ground import Shop
from portal.tests.ground import let_in, new_client, new_contact
from portal.tests.test_uploads import browser, looked, main_of, open_shop, order, reasons, stand  # noqa: F401
from production import baskets
from production.models import Enquiry, EnquiryLine, Job, JobLine, Product

pytestmark = [pytest.mark.one_database, pytest.mark.django_db]


def done(browser, shop: Shop) -> Job:  # noqa: F811
    """A finished job of ten plates, ordered in the portal."""
    order(browser, stand(shop))
    with scope(workspace=shop.workspace):
        Job.objects.update(state="made")
        return Job.objects.get()


def test_a_finished_job_is_ordered_again_at_todays_price(browser, open_shop):  # noqa: F811
    job = done(browser, open_shop)
    with scope(workspace=open_shop.workspace):
        before = JobLine.objects.get().unit_price
    assert "Order again" in browser.get(f"/portal/jobs/{job.pk}/").content.decode()
    with scope(workspace=open_shop.workspace):
        PriceRules.objects.update(labour_hour=Decimal(600), version=2)
    for _press in range(2):
        assert browser.post(f"/portal/jobs/{job.pk}/again/").url == "/portal/upload/"
    with scope(workspace=open_shop.workspace):
        basket = baskets.of(open_shop.client, open_shop.contact)
        line = basket.lines.get()
        assert (line.quantity, line.item, line.design_file.name) == (10, open_shop.sheet, "plate.dxf")
    part = looked(basket).parts[0]
    assert (part.before.unit_price, part.dearer) == (before, part.price.unit_price - before)
    assert part.dearer > 0
    page = main_of(browser.get("/portal/upload/"))
    more = f"R{part.dearer:.2f}".replace(".", ",")
    assert f"Last time: 10 × R{before:.2f}".replace(".", ",") in page
    assert f"{more} more each now" in page
    assert order(browser, basket).url.startswith("/portal/jobs/")
    with scope(workspace=open_shop.workspace):
        assert Job.objects.count() == 2


def test_what_is_ordered_again_keeps_the_size_and_a_product_its_material(browser, open_shop):  # noqa: F811
    job = done(browser, open_shop)
    workspace = open_shop.workspace
    with scope(workspace=workspace):
        made = JobLine.objects.get()
        product = Product.objects.create(
            workspace=workspace, sku="P-1", name="Plate", item=open_shop.sheet, design_file=made.design_file,
            price=Decimal(20),
        )  # fmt: skip
        Item.objects.filter(pk=open_shop.sheet.pk).update(is_offered=True)
        dear = Item.objects.get(pk=open_shop.sheet.pk)
        dear.pk, dear.code, dear.thickness_mm, dear.price = None, "DEAR", Decimal(10), Decimal(9000)
        dear.save(force_insert=True)
    browser.post(f"/portal/jobs/{job.pk}/again/")
    with scope(workspace=workspace):
        line = baskets.of(open_shop.client, open_shop.contact).lines.get()
    answer = browser.post(f"/portal/upload/parts/{line.pk}/unit/", {"unit": "in"}, follow=True)
    assert "You may not change this." in answer.content.decode()
    with scope(workspace=workspace):
        made.design_file.refresh_from_db()
        assert (made.design_file.unit, made.design_file.state) == ("", "measured")
        EnquiryLine.objects.filter(pk=line.pk).update(product=product)
    said = {"headers": {"HX-Request": "true"}}
    page = browser.get(f"/portal/upload/parts/{line.pk}/", **said).content.decode()
    assert (f'value="{dear.pk}"' in page, f'value="{open_shop.sheet.pk}"' in page) == (False, True)
    page = browser.post(f"/portal/upload/parts/{line.pk}/", {"item": dear.pk, "quantity": 7}, **said)
    assert "There is no such material." in page.content.decode()
    browser.post(f"/portal/upload/parts/{line.pk}/", {"item": "", "quantity": 8}, **said)
    with scope(workspace=workspace):
        line.refresh_from_db()
    assert (line.item, line.quantity) == (open_shop.sheet, 8)


def test_what_was_handed_in_meanwhile_takes_nothing_more(browser, open_shop):  # noqa: F811
    done(browser, open_shop)
    basket = stand(open_shop, name="other.dxf")
    with scope(workspace=open_shop.workspace):
        made, lines = list(JobLine.objects.select_related("job", "product")), basket.lines.count()
        for verb in (
            lambda: baskets._again(basket, made, None),
            lambda: baskets.say_unit(basket, basket.lines.get(), "in", None),
        ):
            baskets.hand_in(Enquiry.objects.get(pk=basket.pk), None)
            with pytest.raises(Refused, match="sent to us already"):
                verb()
        assert basket.lines.count() == lines


def test_what_a_person_had_priced_is_not_ordered_again_for_less(browser, open_shop):  # noqa: F811
    job = done(browser, open_shop)
    browser.post(f"/portal/jobs/{job.pk}/again/")
    with scope(workspace=open_shop.workspace):
        basket = baskets.of(open_shop.client, open_shop.contact)
        row, made = QuoteLine.objects.get(quote__job=job), JobLine.objects.get()
        with guards_off():
            # Welding, dearer than the cut.
            QuoteLine.objects.filter(pk=row.pk).update(choices={"operations": {"1": "2"}})
    assert reasons(basket) == []  # it costs the same now
    with scope(workspace=open_shop.workspace):
        JobLine.objects.filter(pk=made.pk).update(unit_price=made.unit_price + 500)
    assert reasons(basket) == ["We want to look at the drawing of “plate” first."]
    with scope(workspace=open_shop.workspace), guards_off():
        QuoteLine.objects.filter(pk=row.pk).update(choices={}, breakdown={**row.breakdown, "by_hand": "537"})
    assert reasons(basket) == ["We want to look at the drawing of “plate” first."]
    with scope(workspace=open_shop.workspace), guards_off():
        QuoteLine.objects.filter(pk=row.pk).update(breakdown=row.breakdown)
    assert reasons(basket) == []
    with scope(workspace=open_shop.workspace):
        type(open_shop.client).objects.update(archived_at=timezone.now())
    assert order(browser, basket).status_code == 404
    assert browser.get(f"/portal/jobs/{job.pk}/").status_code == 200


def test_from_the_list_of_what_was_ordered(browser, open_shop, workspace, log_in, django_assert_num_queries):  # noqa: F811
    done(browser, open_shop)
    with scope(workspace=workspace):
        line = JobLine.objects.get()
    page = main_of(browser.get("/portal/again/?text=pla"))
    assert re.search(r"plate.*Mild steel 3 mm", page, re.DOTALL)
    assert "plate</p>" not in main_of(browser.get("/portal/again/?text=nothing"))
    other = log_in(let_in(new_contact(new_client(workspace, "Others"), "Zola", "zola@other.example")))
    assert other.post(f"/portal/again/{line.pk}/").status_code == 404
    assert "plate</p>" not in main_of(other.get("/portal/again/"))
    with scope(workspace=workspace):
        assert EnquiryLine.objects.filter(enquiry__state="basket").count() == 0
    again = log_in(clients_user(open_shop))
    assert again.post(f"/portal/again/{line.pk}/").status_code == 302
    with scope(workspace=workspace):
        assert EnquiryLine.objects.filter(enquiry__state="basket").count() == 1


def clients_user(shop: Shop):
    with scope(workspace=shop.workspace):
        shop.contact.refresh_from_db()
        return shop.contact.user


def test_a_colleague_is_invited_and_given_rights(browser, open_shop, log_in):  # noqa: F811
    with scope(workspace=open_shop.workspace):
        contact = open_shop.contact
        assert browser.get("/portal/people/").status_code == 404
        type(contact).objects.filter(pk=contact.pk).update(manages_people=True, may_order=False)
    said = {"name": "Sipho", "email": "sipho@umgeni.example", "sees_money": "on"}
    assert browser.post("/portal/people/invite/", said).status_code == 302
    assert browser.post("/portal/people/invite/", said).status_code == 422
    with scope(workspace=open_shop.workspace):
        sipho = open_shop.client.contacts.get(name="Sipho")
        assert (sipho.sees_money, sipho.may_order, sipho.user.email) == (True, False, "sipho@umgeni.example")
    answer = browser.post(f"/portal/people/{sipho.pk}/", {"may_order": "on"}, follow=True)
    assert "Nobody can give more than they may themselves." in answer.content.decode()
    answer = browser.post(f"/portal/people/{contact.pk}/", {"may_order": "on"}, follow=True)
    assert "Your own rights are changed by a colleague" in answer.content.decode()
    browser.post(f"/portal/people/{sipho.pk}/", {})
    with scope(workspace=open_shop.workspace):
        sipho.refresh_from_db()
        contact.refresh_from_db()
    assert (sipho.sees_money, contact.may_order) == (False, False)
    browser.post(f"/portal/people/{sipho.pk}/shut-out/")
    with scope(workspace=open_shop.workspace):
        sipho.refresh_from_db()
        assert sipho.user is None
        stranger = new_contact(new_client(open_shop.workspace, "Others"), "Zola", "zola@other.example")
        clients.invite(stranger, None)
    assert browser.post(f"/portal/people/{stranger.pk}/", {}).status_code == 404


def test_a_job_is_copied_once_in_the_office(browser, open_shop, manager, log_in):  # noqa: F811
    job = done(browser, open_shop)
    office = log_in(manager)
    page = f"/admin/production/job/{job.pk}/do/clone/"
    once = office.get(page).context["form"]["once"].value()
    for _press in range(2):
        office.post(page, {"once": once, "title": "Plates, second lot", "due_on": ""})
    with scope(workspace=open_shop.workspace):
        copy = Job.objects.exclude(pk=job.pk).get()
        assert (copy.title, copy.quoted_total, copy.state) == ("Plates, second lot", job.quoted_total, "approved")
        assert copy.lines.get().quantity == 10
