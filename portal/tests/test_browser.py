"""The portal in a browser, at the size of a phone: readable for everybody, pressed twice, with and without scripts."""

from contextlib import ExitStack

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.utils import timezone
from django_scopes import scope
from playwright.sync_api import expect

from crm import links
from laseros.tests.browser import chromium, eventually, profile  # noqa: F401 (a fixture)
from machines.models import MachineStatus
from portal.tests.ground import (
    give_pdf,
    let_in,
    link_to,
    new_client,
    new_contact,
    new_invoice,
    new_job,
    new_quote,
    put_on_machine,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def phone(chromium, live_server):  # noqa: F811
    """phone(java_script_enabled=False) -> a page of a phone's size; what it complains about fails the test."""
    profiles, complaints = ExitStack(), []

    def listen(message):
        provoked = any(
            words in message.text
            for words in ("Failed to load resource", "Response Status Error", "htmx:", "WebSocket")
        )
        if message.type in ("error", "warning") and not provoked:
            complaints.append(message.text)

    def take(**options):
        options = {"base_url": live_server.url, "viewport": PHONE, "locale": "en-ZA", **options}
        page = profiles.enter_context(profile(**options)).new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", listen)
        return page

    with profiles:
        yield take
    assert complaints == []


@pytest.fixture
def enter(client, settings, log_in):
    """enter(page, user): the page's browser carries the log-in of `user`."""

    def enter(page, user):
        log_in(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "domain": "localhost", "path": "/"}]
        )
        return page

    return enter


def everything(buyer) -> dict[str, list]:
    job = new_job(buyer, lines=[(10, 3), (40, 40)])
    put_on_machine(job)
    decided = {"decided_by": "Thandi", "decided_at": timezone.now()}
    open_quote = new_quote(buyer, lines=[(10, "123.45", "15"), (2, "50.00", "0")])
    give_pdf(open_quote)
    quotes = [
        open_quote,
        new_quote(buyer, "accepted", job=job, **decided),
        new_quote(buyer, "declined", decline_reason="Too late.", **decided),
        new_quote(buyer, valid_until=timezone.localdate() - timezone.timedelta(days=1)),
        new_quote(buyer, "withdrawn"),
    ]
    return {
        "quotes": quotes,
        "jobs": [job],
        "invoices": [new_invoice(buyer, paid="500"), new_invoice(buyer, due_in=-3)],
    }


EVERYTHING = {"resultTypes": ["violations"], "preload": False}
COLOURS = {**EVERYTHING, "runOnly": ["color-contrast"]}  # what else there is to find does not change in the dark


def complaints_of(page, options=EVERYTHING) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate("async (options) => (await axe.run(document, options)).violations", options)
    return [f"{page.url}: {rule['id']} {node['target']}" for rule in found for node in rule["nodes"]]


def overflow(page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def test_everybody_can_read_what_a_link_opens_in_light_and_dark(phone, enter, buyer, contact, other_workspace):
    documents = everything(buyer)
    page = phone(color_scheme="light")
    paths = [link_to(document)[1] for rows in documents.values() for document in rows] + ["/portal/link/x/"]
    far = new_client(other_workspace, "Kettler Modellbau")
    user = let_in(contact)
    let_in(new_contact(far))
    found = []

    def look(*schemes):
        for scheme in schemes:
            page.emulate_media(color_scheme=scheme)
            expect(page.locator("html")).to_have_attribute("data-bs-theme", scheme)
            found.extend(complaints_of(page, EVERYTHING if scheme == "light" else COLOURS))
        assert overflow(page) == 0, page.url

    for path in paths:
        page.goto(path)
        look("light", "dark")
    enter(page, user)
    page.emulate_media(color_scheme="light")
    page.goto("/portal/jobs/?text=zzz")  # with something to see, and in the dark, by `test_accessibility`
    look("light")
    page.goto("/portal/")
    page.locator("summary[title='Switch client']").click()
    look("light", "dark")
    assert found == []


def test_empty_pages_and_staff_too(phone, enter, contact, office):
    page = enter(phone(), let_in(contact))
    found = []
    for path in ("/portal/", "/portal/quotes/", "/portal/jobs/", "/portal/invoices/"):
        page.goto(path)
        found += complaints_of(page)
    enter(page, office)
    page.goto("/portal/")
    expect(page.get_by_role("heading", name="This is where clients look")).to_be_visible()
    assert found + complaints_of(page) == []


def test_nothing_hangs_over_the_edge(phone, enter, buyer, contact):
    documents = everything(buyer)
    page = enter(phone(), let_in(contact))
    for path in ["/portal/", *(f"/portal/{kind}/{rows[0].pk}/" for kind, rows in documents.items())]:
        page.goto(path)
        for width in (320, 820, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            assert overflow(page) == 0, f"{path} at {width}"


def jobs_of(buyer) -> int:
    with scope(workspace=buyer.workspace):
        return buyer.jobs.count()


def test_a_quote_is_accepted_on_a_phone_after_one_more_look(phone, buyer, contact):
    quote = new_quote(buyer)
    page = phone()
    page.goto(link_to(quote, contact)[1])
    page.get_by_role("link", name="Decide").click()
    page.get_by_label("I accept the terms").check()
    accept = page.get_by_role("button", name="Accept and order")
    accept.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("R1 419,68")
    expect(dialog).to_contain_text(quote.number)
    dialog.get_by_role("button", name="Cancel").click()
    assert jobs_of(buyer) == 0
    accept.click()
    dialog.get_by_role("button", name="Accept and order").click()
    expect(page.get_by_role("heading", name="Accepted. Thank you.")).to_be_visible()
    expect(page.get_by_text("By Thandi Nkosi on")).to_be_visible()
    assert jobs_of(buyer) == 1


def test_an_impatient_thumb_orders_once(phone, buyer, contact):
    quote = new_quote(buyer)
    page = phone()
    page.goto(link_to(quote, contact)[1])
    on_the_way = []

    def hold(route):  # the network is slow: nothing comes back until it is let through
        on_the_way.append(route)

    page.route("**/accept/", hold)
    page.get_by_label("I accept the terms").check()
    accept = page.locator("#decide").get_by_role("button", name="Accept and order")
    accept.click()
    place = accept.bounding_box()
    page.get_by_role("dialog").get_by_role("button", name="Accept and order").dblclick(no_wait_after=True)
    for _press in range(3):
        page.mouse.click(place["x"] + 20, place["y"] + 20)
    eventually(lambda: page.wait_for_timeout(50) or on_the_way)  # the browser goes on only while it is listened to
    page.wait_for_timeout(300)  # and nothing more
    assert len(on_the_way) == 1
    on_the_way[0].continue_()
    expect(page.get_by_role("heading", name="Accepted. Thank you.")).to_be_visible()
    assert (jobs_of(buyer), len(on_the_way)) == (1, 1)


@pytest.mark.parametrize("scripts", [True, False])
def test_what_is_missing_is_said_where_one_looks(phone, buyer, scripts):
    """Nothing but blanks gets past the browser's own check; the answer shows the field, not the top of the page."""
    page = phone(java_script_enabled=scripts)
    page.goto(link_to(new_quote(buyer))[1])
    page.get_by_text("I do not want this quote").click()
    for field in page.get_by_label("Your name").all():
        field.fill("Thandi")
    page.get_by_label("What made you decide against it?").fill("   ")
    page.get_by_role("button", name="Decline the quote").click()
    if scripts:
        page.get_by_role("dialog").get_by_role("button", name="Decline the quote").click()
    expect(page.get_by_text("This field is required.")).to_be_in_viewport()
    if scripts:
        assert complaints_of(page) == []


def test_a_page_that_was_left_open_says_who_was_quicker(phone, buyer, contact):
    quote = new_quote(buyer)
    path = link_to(quote, contact)[1]
    one, two = phone(), phone()
    for page in (one, two):
        page.goto(path)
        page.get_by_label("I accept the terms").check()
    for page in (one, two):
        page.get_by_role("button", name="Accept and order").click()
        page.get_by_role("dialog").get_by_role("button", name="Accept and order").click()
        expect(page.get_by_role("heading", name="Accepted. Thank you.")).to_be_visible()
    assert jobs_of(buyer) == 1


def test_everything_works_without_scripts(phone, enter, buyer, contact, far_buyer):
    quote, other = new_quote(buyer), new_quote(buyer)
    job = new_job(buyer, title="Gussets")
    page = phone(java_script_enabled=False)
    page.goto(link_to(quote, contact)[1])
    page.get_by_label("I accept the terms").check()
    page.get_by_role("button", name="Accept and order").click()
    expect(page.get_by_role("heading", name="Accepted. Thank you.")).to_be_visible()
    page.goto(link_to(other, contact)[1])
    page.get_by_text("I do not want this quote").click()
    page.get_by_label("What made you decide against it?").fill("Too late.")
    page.get_by_role("button", name="Decline the quote").click()
    expect(page.get_by_role("heading", name="You declined this quote.")).to_be_visible()
    user = let_in(contact)
    let_in(new_contact(far_buyer))
    enter(page, user)
    page.goto("/portal/jobs/")
    page.get_by_label("Number or title").fill("guss")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("link", name=job.title)).to_be_visible()
    page.goto(f"/portal/jobs/{job.pk}/")
    expect(page.get_by_text("3 of 10 made")).to_be_visible()
    page.locator("summary[title='Switch client']").click()
    page.get_by_role("button", name="Kettler Modellbau").click()
    expect(page.locator(".brand-name")).to_have_text("Printers")


def test_progress_moves_by_itself_and_says_when_it_cannot(phone, buyer):
    job = new_job(buyer)
    put_on_machine(job, progress=0.42, seconds_left=None)
    page = phone()
    page.clock.install()
    page.goto(link_to(job)[1])
    expect(page.locator("#progress")).to_contain_text("42 %")
    with scope(workspace=buyer.workspace):
        MachineStatus.objects.update(progress=0.77)
    page.clock.fast_forward(5100)
    expect(page.locator("#progress")).to_contain_text("77 %")
    page.context.set_offline(True)
    page.clock.fast_forward(5100)
    expect(page.locator("#connection")).to_contain_text("No connection. Last known at")
    page.context.set_offline(False)
    page.clock.fast_forward(5100)
    expect(page.locator("#connection")).to_be_hidden()


def test_a_link_that_is_taken_away_closes_the_open_page(phone, buyer):
    job = new_job(buyer)
    page = phone()
    page.clock.install()
    page.goto(link_to(job)[1])
    with scope(workspace=buyer.workspace):
        links.revoke(job)
    page.clock.fast_forward(5100)
    expect(page.get_by_role("heading", name="This link does not open anything")).to_be_visible()


def test_the_pdf_appears_when_it_is_ready(phone, buyer):
    quote = new_quote(buyer)
    page = phone()
    page.clock.install()
    page.goto(link_to(quote)[1])
    expect(page.get_by_text("The PDF is being prepared.")).to_be_visible()
    page.get_by_label("Your name").first.fill("Half-typed")
    give_pdf(quote)
    page.clock.fast_forward(5100)
    expect(page.get_by_role("link", name="Download as PDF")).to_be_visible()
    expect(page.get_by_label("Your name").first).to_have_value("Half-typed")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as PDF").click()
    assert download.value.suggested_filename == f"{quote.number}.pdf"


def test_a_drawing_can_be_looked_at_and_runs_nothing(phone, buyer):
    quote = new_quote(buyer)
    page = phone()
    page.goto(link_to(quote)[1])
    picture = page.get_by_role("img", name="Drawing: Bracket, mild steel 3 mm")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("complete", True)  # pictures come when they are looked at
    assert picture.evaluate("image => image.naturalWidth > 0")
