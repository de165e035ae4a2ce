"""Quotes from the enquiry to the answer: prices to the cent, what is refused, and what happens only once."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Activity, OutgoingMail
from billing import invoices, quotes
from billing.documents import quote_pdf
from billing.models import Quote, QuoteLine, TaxRate
from billing.quotes.deciding import after_working_days
from billing.tests.ground import add_line, make, new_enquiry, sent_quote
from billing.tests.test_documents import text_of
from crm import links
from crm.models import Address
from inventory import ledger
from inventory.models import Item, Material
from laseros.core.errors import Refused
from laseros.tests.database import guards_off
from machines.models import Machine
from production.models import CuttingParameter, DesignFile, Enquiry, Job

pytestmark = pytest.mark.usefixtures("scoped")


def sums(quote):
    return Quote.objects.values_list("net", "tax", "total").get(pk=quote.pk)


def run_out(quote, day):
    with guards_off():
        Quote._base_manager.filter(pk=quote.pk).update(valid_until=day)


def state(record):
    return type(record).objects.values_list("state", flat=True).get(pk=record.pk)


# --- drawing up -------------------------------------------------------------------------------------------------------


def test_ten_plates_are_priced_to_the_cent_and_the_tables_are_remembered(shop, office):
    enquiry = new_enquiry(shop)
    quote = quotes.draw_up(enquiry, office)
    line = quote.lines.get()
    # material 1850 ÷ 121 = 15.2893 · cutting 13.2692 s × 900/h = 3.3173 · setup 50 ÷ 10 = 5 · handling 1.6667
    # waste 5 % = 0.7645 · together 26.0377 ÷ 0.7 = 37.1967
    assert (line.unit_price, line.amount, line.tax_percent) == (Decimal("37.20"), Decimal("372.00"), Decimal(15))
    assert sums(quote) == (Decimal("372.00"), Decimal("55.80"), Decimal("427.80"))
    assert line.material_each == Decimal("0.008264")
    assert line.seconds_each == pytest.approx(13.269)
    steps = {step["key"]: step["each"] for step in line.breakdown["steps"]}
    assert (steps["material"], steps["cutting"], steps["margin"]) == ("15.2893", "3.3173", "11.1590")
    assert line.breakdown["basis"] == {
        "price_rules": 1,
        "machine": {"id": shop.laser.pk, "name": "X3", "values": ["900.0000", "9810", "100000", "0.020", "0"]},
        "item": {"id": shop.sheet.pk, "name": str(shop.sheet), "price": "1850.0000"},
        "client_discount": "0.00",
        "operations": [],
        "file": {"id": enquiry.files.get().pk, "name": "plate.dxf", "sha256": enquiry.files.get().sha256},
        "engine": "test",
        "cutting_parameters": {"id": shop.parameters.pk, "version": 1},
    }
    assert (quote.number, quote.client, quote.contact) == (
        f"QT-{timezone.localdate():%Y}-0001",
        shop.client,
        shop.contact,
    )
    assert state(enquiry) == "open"


def test_the_clients_discount_is_in_the_price(shop, office):
    type(shop.client).objects.update(discount_percent=10)
    line = quotes.draw_up(new_enquiry(shop), office).lines.get()
    assert line.unit_price == Decimal("33.48")  # 37.1967 × 0.9


def test_a_print_is_priced_by_grams_and_minutes(shop, office):
    plastic = Material.objects.create(
        workspace=shop.workspace, code="PLA", name="PLA", kind="filament", density_kg_m3=1240
    )
    spool = Item.objects.create(
        workspace=shop.workspace,
        code="INV-PLA-001",
        name="PLA black",
        category="filament",
        unit="g",
        material=plastic,
        colour="black",
        price=Decimal("0.30"),
    )
    Machine.objects.create(workspace=shop.workspace, name="MK4S", kind="printer", hourly_rate=Decimal(60))
    asked = {
        "item": spool,
        "design_file": None,
        "quantity": 2,
        "grams_each": Decimal(50),
        "minutes_each": Decimal(90),
    }
    line = quotes.draw_up(new_enquiry(shop, asked), office).lines.get()
    # material 15 · printing 1.5 h × 60 = 90 · setup 25 · handling 1.6667 · waste 0.75 → 132.4167 ÷ 0.7 = 189.1667
    assert (line.unit_price, line.material_each, line.seconds_each) == (Decimal("189.17"), Decimal(50), 5400.0)
    assert line.breakdown["basis"]["machine"]["name"] == "MK4S"


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda shop: CuttingParameter.objects.update(confirmed_at=None), "The cutting parameters for Mild steel 3 mm"),
        (lambda shop: CuttingParameter.objects.all().delete(), "There are no cutting parameters for Mild steel 3 mm."),
        (
            lambda shop: Item.objects.update(width_mm=None),
            "INV-MS-3MM-001 Mild steel 3 mm 2450 × 1225 has no sheet size.",
        ),
        (lambda shop: Item.objects.update(width_mm=150, height_mm=90), "The part is 200 × 100 mm and does not fit"),
        (lambda shop: Item.objects.update(category="gas"), "Gas cannot be priced by itself: enter a price."),
        (
            lambda shop: DesignFile._base_manager.update(state="refused", reason="It is empty."),
            "plate.dxf could not be read: It is empty.",
        ),
    ],
)
def test_what_cannot_be_priced_says_why_and_cannot_be_sent(shop, office, spoil, reason):
    enquiry = new_enquiry(shop)
    spoil(shop)
    quote = quotes.draw_up(enquiry, office)
    line = quote.lines.get()
    assert line.unpriced.startswith(reason)
    assert (line.unit_price, line.breakdown) == (0, {})
    with pytest.raises(Refused) as refusal:
        quotes.send(quote, office)
    assert refusal.value.code == "unpriced"
    assert (state(quote), OutgoingMail.objects.count()) == ("draft", 0)


def test_an_enquiry_for_nothing_or_one_that_is_won_gives_no_quote(shop, office):
    enquiry = new_enquiry(shop)
    enquiry.lines.all().delete()
    with pytest.raises(Refused, match="Nothing is asked for yet"):
        quotes.draw_up(enquiry, office)
    won = sent_quote(shop, office)
    quotes.accept(won, name="Thandi")
    with pytest.raises(Refused, match="has become a job already"):
        quotes.draw_up(Enquiry.objects.get(pk=won.enquiry_id), office)
    assert Quote.objects.count() == 1


def test_pressed_twice_there_is_one_draft(shop, office):
    enquiry = new_enquiry(shop)
    assert quotes.draw_up(enquiry, office) == quotes.draw_up(enquiry, office)
    assert Quote.objects.count() == 1


def test_a_product_with_a_list_price_costs_that(shop, office):
    from production.models import Product

    product = Product.objects.create(
        workspace=shop.workspace, sku="SKU-1", name="Hook", material=shop.material, price=Decimal("12.50")
    )
    asked = {"product": product, "item": None, "design_file": None, "quantity": 3}
    line = quotes.draw_up(new_enquiry(shop, asked), office).lines.get()
    assert (line.unit_price, line.amount, line.unpriced) == (Decimal("12.50"), Decimal("37.50"), "")
    assert line.breakdown["list_price"] == "12.5000"


# --- editing ----------------------------------------------------------------------------------------------------------


def test_tax_is_rounded_per_rate_on_the_sum_of_rounded_lines(shop, office):
    quote = quotes.draw_up(new_enquiry(shop), office)
    TaxRate.objects.create(workspace=shop.workspace, name="Reduced", percent=7)
    lines = [
        QuoteLine(description="A", quantity=3, unit_price=Decimal("0.335"), tax_percent=Decimal(7)),  # 1.005 → 1.01
        QuoteLine(description="B", quantity=1, unit_price=Decimal("0.06"), tax_percent=Decimal(7)),
    ]
    quotes.change_lines(quote, lines, [], office)
    # 7 % of 1.07 is 0.0749 → 0.07; rounded line by line it would be 0.07 + 0.00
    assert sums(quote) == (Decimal("373.07"), Decimal("55.87"), Decimal("428.94"))
    assert Activity.objects.filter(verb="changed").latest("id").money == {"net": ["372.00", "373.07"]}


def test_a_typed_price_stays_until_somebody_asks_for_calculated_ones(shop, office):
    quote = quotes.draw_up(new_enquiry(shop), office)
    line = quote.lines.get()
    line.unit_price = Decimal(40)
    quotes.change_lines(quote, [line], [], office)
    quotes.reprice(quote, office)
    assert sums(quote)[0] == Decimal(400)
    line.quantity = 20
    quotes.change_lines(quote, [line], [], office)
    assert sums(quote)[0] == Decimal(800)
    quotes.reprice(quote, office, by_hand=True)
    line.refresh_from_db()
    # setup is spread over twenty now: 23.5377 ÷ 0.7 = 33.6253
    assert (line.unit_price, "by_hand" in line.breakdown) == (Decimal("33.63"), False)


def test_another_quantity_of_a_calculated_line_is_calculated_again(shop, office):
    quote = quotes.draw_up(new_enquiry(shop), office)
    line = quote.lines.get()
    line.quantity = 20
    quotes.change_lines(quote, [line], [], office)
    assert (line.unit_price, line.amount) == (Decimal("33.63"), Decimal("672.60"))


def test_a_typed_price_makes_an_unpriced_line_ready(shop, office):
    CuttingParameter.objects.all().delete()
    quote = quotes.draw_up(new_enquiry(shop), office)
    line = quote.lines.get()
    line.unit_price = Decimal(40)
    quotes.change_lines(quote, [line], [], office)
    assert line.unpriced == ""
    assert state(quotes.send(quote, office)) == "sent"


def test_a_sent_quote_is_not_edited_priced_or_sent_again(shop, office):
    quote = sent_quote(shop, office)
    before = sums(quote)
    for verb in (
        lambda: add_line(quote),
        lambda: quotes.reprice(quote, office),
        lambda: quotes.send(quote, office),
    ):
        with pytest.raises(Refused) as refusal:
            verb()
        assert refusal.value.code == "state"
    assert (sums(quote), quote.lines.count(), OutgoingMail.objects.count()) == (before, 1, 0)


def test_a_line_that_no_book_can_hold_is_refused(shop, office):
    quote = quotes.draw_up(new_enquiry(shop), office)
    with pytest.raises(Refused, match="too expensive"):
        add_line(quote, quantity=2_000_000_000, unit_price=Decimal(10) ** 11)
    assert (quote.lines.count(), sums(quote)[0]) == (1, Decimal(372))


def test_a_copy_says_the_same_under_another_number(shop, office):
    quote = sent_quote(shop, office)
    copy = quotes.duplicate(quote, office)
    assert (copy.state, copy.net, copy.valid_until) == ("draft", quote.net, None)
    assert copy.number != quote.number
    line, old = copy.lines.get(), quote.lines.get()
    assert (line.unit_price, line.breakdown, line.enquiry_line) == (old.unit_price, old.breakdown, old.enquiry_line)


def test_a_revision_takes_the_place_of_what_was_sent(shop, office):
    quote = sent_quote(shop, office)
    draft = quotes.revise(quote, office)
    assert quotes.revise(quote, office) == draft  # pressed twice
    assert (draft.number, draft.replaces, draft.net, draft.state) == (f"{quote.number}-R2", quote, quote.net, "draft")
    quote.refresh_from_db()
    assert quote.state == "sent"  # until the other is sent, the client may take it
    quotes.send(draft, office)
    quote.refresh_from_db()
    assert quote.state == "withdrawn"
    with pytest.raises(Refused, match="has a newer revision"):
        quotes.revise(quote, office)
    third = quotes.revise(draft, office)
    assert third.number == f"{quote.number}-R3"
    quotes.accept(draft, name="Thandi Nkosi")
    with pytest.raises(Refused, match="was accepted meanwhile"):
        quotes.send(third, office)
    third.refresh_from_db()
    assert (third.state, third.sent_at) == ("draft", None)
    with pytest.raises(Refused, match="is accepted"):
        quotes.revise(Quote.objects.get(pk=quotes.accept(sent_quote(shop, office), name="Thandi").quote.pk), office)


# --- sending ----------------------------------------------------------------------------------------------------------


def test_sending_sets_the_date_the_link_and_the_enquiry(shop, office):
    quote = sent_quote(shop, office)
    quote.refresh_from_db()
    assert (quote.state, quote.valid_until) == ("sent", timezone.localdate() + timedelta(days=30))
    assert quote.sent_at is not None
    assert state(quote.enquiry) == "quoted"
    assert quotes.link(quote).expires_at > timezone.now() + timedelta(days=80)
    told = Activity.objects.get(verb="sent")
    assert (told.actor, told.money) == (office, {"net": "372.00", "total": "427.80"})
    assert "427" not in str(told.details)


def test_an_old_validity_or_no_address_is_refused(shop, office):
    quote = quotes.draw_up(new_enquiry(shop), office)
    Quote._base_manager.update(valid_until=timezone.localdate() - timedelta(days=1))
    with pytest.raises(Refused, match="lies in the past"):
        quotes.send(quote, office)
    Quote._base_manager.update(valid_until=None)
    type(shop.client).objects.update(email="")
    type(shop.contact).objects.update(email="")
    with pytest.raises(Refused, match="e-mail"):
        quotes.send(Quote.objects.get(), office)
    assert (state(quote), state(quote.enquiry)) == ("draft", "open")


def test_an_empty_quote_is_refused(shop, office):
    quote = quotes.draw_up(new_enquiry(shop), office)
    quotes.change_lines(quote, [], list(quote.lines.all()), office)
    with pytest.raises(Refused, match="nothing on this quote"):
        quotes.send(quote, office)


# --- deciding ---------------------------------------------------------------------------------------------------------


def test_accepted_twice_there_is_one_job_with_what_was_offered(shop, office):
    quote = sent_quote(shop, office)
    job = quotes.accept(quote, name="  Thandi   Nkosi ", ip="10.0.0.7")
    assert quotes.accept(Quote.objects.get(), name="Somebody else") == job
    quote.refresh_from_db()
    assert (quote.state, quote.decided_by, quote.decided_from, quote.job) == (
        "accepted",
        "Thandi Nkosi",
        "10.0.0.7",
        job,
    )
    assert (Job.objects.count(), job.key, job.quoted_total) == (1, f"quote:{quote.pk}", Decimal(372))
    line = job.lines.get()
    assert (line.quantity, line.unit_price, line.item, line.design_file.name) == (
        10,
        Decimal("37.20"),
        shop.sheet,
        "plate.dxf",
    )
    assert (line.material_each, line.tax_percent) == (Decimal("0.008264"), Decimal(15))
    assert job.due_on == after_working_days(timezone.localdate(), 10)
    assert state(quote.enquiry) == "won"
    told = Activity.objects.get(verb="accepted")
    assert (told.actor, told.actor_name) == (None, "Thandi Nkosi")
    mail = OutgoingMail.objects.get(key=f"quote_accepted:{quote.pk}")
    assert (mail.to, job.number in mail.text) == ("office@cutters.example", True)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda quote: quotes.withdraw(quote, None), "withdrawn"),
        (lambda quote: quotes.decline(quote, name="T", reason="price"), "declined"),
        (lambda quote: run_out(quote, date(2026, 1, 31)), "was valid until 31 January 2026"),
    ],
)
def test_an_offer_that_is_over_is_not_accepted_and_says_so(shop, office, spoil, reason):
    quote = sent_quote(shop, office)
    spoil(quote)
    before = state(quote)
    with pytest.raises(Refused, match=reason):
        quotes.accept(quote, name="Thandi")
    assert (state(quote), Job.objects.count()) == (before, 0)


def test_a_draft_or_a_nameless_answer_is_refused(shop, office):
    draft = quotes.draw_up(new_enquiry(shop), office)
    with pytest.raises(Refused, match="not been sent"):
        quotes.accept(draft, name="Thandi")
    quotes.send(draft, office)
    for name in ("", "   "):
        with pytest.raises(Refused, match="your name"):
            quotes.accept(draft, name=name)
    assert state(draft) == "sent"


def test_a_decline_keeps_the_reason_and_loses_the_enquiry(shop, office):
    quote = sent_quote(shop, office)
    for _press in range(2):
        quotes.decline(quote, name="Thandi", reason="Too\n expensive")
    quote.refresh_from_db()
    assert (quote.state, quote.decline_reason, state(quote.enquiry)) == ("declined", "Too expensive", "lost")
    assert OutgoingMail.objects.filter(key=f"quote_declined:{quote.pk}").count() == 1
    assert Activity.objects.filter(verb="declined").count() == 1


def test_a_client_who_is_a_person_is_named_once(shop, office):
    quote = sent_quote(shop, office)
    quotes.decline(quote, name=quote.client.name, reason="")
    told = OutgoingMail.objects.get(key=f"quote_declined:{quote.pk}")
    assert told.text.startswith(f"{quote.client.name} declined quote {quote.number} “{quote.title}”.")


def test_an_enquiry_with_another_open_offer_is_not_lost(shop, office):
    quote = sent_quote(shop, office)
    quotes.send(quotes.duplicate(quote, office), office)
    quotes.decline(quote, name="Thandi", reason="")
    assert state(quote.enquiry) == "quoted"


def test_offers_run_out_by_date(shop, office):
    late, fresh = sent_quote(shop, office), sent_quote(shop, office)
    run_out(late, timezone.localdate() - timedelta(days=1))
    assert (quotes.expire_due(), quotes.expire_due()) == (1, 0)
    assert (state(late), state(fresh), state(late.enquiry)) == ("expired", "sent", "lost")


def test_the_nightly_command_closes_them_in_every_business(shop, office, capsys):
    late = sent_quote(shop, office)
    run_out(late, timezone.localdate() - timedelta(days=2))
    call_command("expire_quotes")
    call_command("expire_quotes")
    assert (capsys.readouterr().out, state(late)) == ("cutters: 1\n", "expired")


@pytest.mark.parametrize(
    ("days", "expected"), [(0, date(2026, 11, 20)), (1, date(2026, 11, 23)), (10, date(2026, 12, 4))]
)
def test_working_days_skip_the_weekend(days, expected):
    assert after_working_days(date(2026, 11, 20), days) == expected  # a Friday


def test_a_draft_follows_its_enquiry_and_keeps_what_was_typed(shop, office):
    enquiry = new_enquiry(shop, {"quantity": 10}, {"description": "Cover", "quantity": 1})
    quote = quotes.draw_up(enquiry, office)
    cover = quote.lines.get(description="Cover")
    cover.unit_price = Decimal("99")
    quotes.change_lines(quote, [cover], [], office)
    add_line(quote)
    enquiry.lines.update(quantity=20)
    new = enquiry.lines.create(workspace=shop.workspace, description="Gusset", item=shop.sheet, quantity=3,
                               design_file=enquiry.files.get())  # fmt: skip
    assert quotes.follow(enquiry, office) == quote
    rows = {line.description: line for line in quote.lines.all()}
    assert {name: line.quantity for name, line in rows.items()} == {
        "Base plate": 20, "Cover": 20, "Delivery": 1, "Gusset": 3,
    }  # fmt: skip
    assert (rows["Cover"].unit_price, rows["Cover"].amount) == (Decimal(99), Decimal(1980))
    assert (rows["Gusset"].enquiry_line, rows["Gusset"].tax_percent) == (new, Decimal(15))
    assert sums(quote)[0] == sum(line.amount for line in rows.values())
    quotes.follow(enquiry, office)
    assert quote.lines.count() == 4


def test_a_quote_that_was_sent_follows_nothing(shop, office):
    quote = sent_quote(shop, office)
    enquiry = quote.enquiry
    enquiry.lines.update(quantity=20)
    again = quotes.follow(enquiry, office)
    assert (again.pk != quote.pk, again.state, again.lines.get().quantity) == (True, "draft", 20)
    assert quote.lines.get().quantity == 10


# --- accepting what is not in stock -----------------------------------------------------------------------------------


def test_too_little_in_stock_is_refused_to_the_office_and_accepted_by_a_manager(shop, office, manager, log_in):
    quote = sent_quote(shop, office)
    ledger.post(shop.sheet, "-9.999", "waste", key="gone")
    press, said = f"/admin/billing/quote/{quote.pk}/do/accept/", {"name": "Thandi Nkosi"}
    answer = log_in(office).post(press, said)
    words = answer.content.decode()
    assert (answer.status_code, "There is too little in stock:" in words, shop.sheet.code in words) == (409, True, True)
    assert ("A manager may accept it with a reason." in words, 'name="despite"' in words) == (True, False)
    log_in(office).post(press, {**said, "despite": "because I say so"})
    quote.refresh_from_db()
    assert (quote.state, Job.objects.count()) == ("sent", 0)
    answer = log_in(manager).post(press, said)
    assert (answer.status_code, 'name="despite"' in answer.content.decode()) == (409, True)
    assert log_in(manager).post(press, {**said, "despite": "ordered yesterday"}).status_code == 302
    job = Job.objects.get()
    told = Activity.objects.get(verb="accepted short")
    assert (told.actor, told.target_id, told.details["why"]) == (manager, job.pk, "ordered yesterday")


def test_a_client_is_never_sent_away_for_want_of_a_sheet(shop, office, client):
    quote = sent_quote(shop, office)
    ledger.post(shop.sheet, "-9.999", "waste", key="gone")
    token = links.token(links.make(quote, shop.client, shop.contact))
    answer = client.post(f"/portal/link/{token}/quotes/{quote.pk}/accept/", {"name": "Thandi Nkosi", "agree": "on"})
    assert answer.status_code == 302
    job = Job.objects.get()
    assert Activity.objects.get(verb="accepted short").target_id == job.pk
    assert job.lines.get().operations.get().reservation.waiting > 0


def test_a_client_abroad_is_offered_without_vat_as_they_will_be_invoiced(shop, office):
    Address.objects.create(
        workspace=shop.workspace, client=shop.client, street="Industriestrasse 4", city="Zug", country="CH"
    )
    quote = quotes.send(quotes.draw_up(new_enquiry(shop), office), office)
    assert (quote.tax, quote.total) == (0, quote.net)
    assert quote.lines.get().tax_percent == 0
    assert "Zero-rated: exported goods." in text_of(quote_pdf(quote))
    job = make(quotes.accept(quote, name="Thandi Nkosi"))
    assert invoices.draft_from(job, office).total == quote.total
