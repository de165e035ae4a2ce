"""The path, walked once through the real doors: from a client's drawing to a paid invoice, in Chromium.

Office, operator and client at their own devices, web, worker and watcher as processes, the laser a simulator behind the
real contract; and a second business that must see none of it.
"""

import base64
import io
import re
import time
from types import SimpleNamespace

import ezdxf
import pytest
from django_scopes import scope
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from crm.models import Client, Contact
from laseros.tests.browser import DESKTOP, PATIENCE, PHONE, TABLET, chromium, house, tabs  # noqa: F401 (fixtures)
from laseros.tests.ground import new_person, new_workspace, stock_shop
from machines.models import Machine

pytestmark = pytest.mark.browser

CLIENT, CONTACT, MAIL, PART = "Karoo Windmills", "Lindiwe Botha", "lindiwe@karoo.example", "pump-plate"
# 12 pieces take 233 seconds by the model: some twelve at this speed, enough to watch.
SPEED, PIECES = 20, 12


def drawing() -> bytes:
    """A plate of 240 × 160 mm; its four holes of 20 mm are one block, inserted four times at half its size."""
    document = ezdxf.new("R2010", units=4)
    hole = document.blocks.new("HOLE")
    hole.add_circle((0, 0), radius=20)
    space = document.modelspace()
    space.add_lwpolyline([(0, 0), (240, 0), (240, 160), (0, 160)], close=True)
    for place in ((20, 20), (220, 20), (220, 140), (20, 140)):
        space.add_blockref("HOLE", place, dxfattribs={"xscale": 0.5, "yscale": 0.5})
    stream = io.StringIO()
    document.write(stream)
    return stream.getvalue().encode()


def shop(slug: str, **fields):
    """A business with sheets and a connected laser, and nobody who has ordered anything."""
    workspace = new_workspace(slug, bank_details="First Bank 123", **fields)
    with scope(workspace=workspace):
        stock_shop(workspace)
        Contact.objects.all().delete()
        Client.objects.all().delete()
        Machine.objects.update(name=f"Laser of {slug}", driver="simulator", options={"kind": "laser", "speed": SPEED})
    return workspace


@pytest.fixture
def walk(house, tabs):  # noqa: F811
    """Two businesses, everybody at their device."""
    ours, theirs = shop("cutters"), shop("printers")
    for role, workspace in (("office", ours), ("operator", ours), ("manager", theirs)):
        new_person(role, workspace)
    running = house("web", "worker", "watcher")
    people = tabs(running)
    return SimpleNamespace(
        house=running,
        office=people.log_in(people.open(DESKTOP), "office@cutters.example"),
        operator=people.log_in(people.open(TABLET), "operator@cutters.example"),
        client=people.open(PHONE),
        stranger=people.come_in(people.open(DESKTOP), "manager@printers.example"),
        board=people.open(DESKTOP),
        people=people,
        numbers=[],
    )


def test_from_a_drawing_to_a_paid_invoice(walk):
    walk.people.come_in(walk.board, "office@cutters.example")
    walk.overheard = overhear(walk.stranger)
    a_client_and_an_enquiry(walk)
    a_drawing_is_dropped_and_measured(walk)
    a_quote_is_made_and_sent(walk)
    the_client_accepts_on_a_phone(walk)
    the_operator_starts_and_everybody_sees_it_move(walk)
    what_is_short_is_made_again(walk)
    an_invoice_is_sent_and_paid(walk)
    the_log_tells_the_story(walk)
    the_neighbour_sees_none_of_it(walk)


# --- the office -------------------------------------------------------------------------------------------------------


def save(page: Page, words: str = "Save") -> None:
    page.locator("#submit-row").get_by_role("button", name=words, exact=True).click()


def press(page: Page, words: str) -> None:
    """A button of a record's page, in its menu where it is not the next step, and the yes to what it asks."""
    verbs = page.locator(".lo-verbs")
    verbs.wait_for()
    button = verbs.get_by_role("button", name=words).or_(verbs.get_by_role("link", name=words))
    menu = verbs.locator(".lo-deeds-menu > summary")
    if menu.count() and not button.is_visible():
        menu.click()
    button.click()
    dialog = page.locator("dialog[open]")
    if dialog.count():
        dialog.get_by_role("button", name=words).click()


def number_on(page: Page, form: str) -> str:
    return re.search(form, page.get_by_role("main").inner_text())[0]


def a_client_and_an_enquiry(walk) -> None:
    page = walk.office
    page.goto("/admin/crm/client/add/")
    page.locator("#id_name").fill(CLIENT)
    page.get_by_text("Add another Contact").click()
    page.locator("#id_contacts-0-name").fill(CONTACT)
    page.locator("#id_contacts-0-email").fill(MAIL)
    save(page)
    page.goto("/admin/production/enquiry/add/")
    choose(page, "client", CLIENT)
    page.locator("#id_title").fill("Pump base plates")
    save(page)
    expect(page).to_have_url(re.compile("/enquiry/\\d+/change/"))
    walk.numbers += ["CL-0002", number_on(page, r"EN-\d+-\d+")]


def choose(page: Page, field: str, words: str) -> None:
    """From a list that searches while one types."""
    page.locator(f"#id_{field} + .select2").click()
    page.locator(".select2-search__field").fill(words)
    page.locator(".select2-results__option", has_text=words).click()


def a_drawing_is_dropped_and_measured(walk) -> None:
    page = walk.office
    content = base64.b64encode(drawing()).decode()
    dropped = page.evaluate_handle(
        """([name, content]) => {
            const transfer = new DataTransfer();
            const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
            transfer.items.add(new File([bytes], name));
            return transfer;
        }""",
        [f"{PART}.dxf", content],
    )
    page.locator("[data-dropzone]").dispatch_event("drop", {"dataTransfer": dropped})
    part = page.locator("#drawings tbody tr")
    expect(part).to_contain_text(f"{PART}.dxf")
    expect(part.locator("[data-part-state]")).to_have_text("material missing")
    expect(page.get_by_text("being measured")).to_have_count(0)  # the table knows better
    part.locator("summary").click()
    expect(part).to_contain_text("240,0 × 160,0 mm")
    expect(part).to_contain_text("1 051 mm")
    expect(part.get_by_role("img", name=f"Drawing: {PART}.dxf")).to_be_visible()
    material, quantity = part.get_by_label(f"Material of {PART}"), part.get_by_label(f"Quantity of {PART}")
    material.focus()
    material.select_option(index=1)
    with page.expect_response(lambda answer: answer.url.endswith("/parts/")):
        quantity.fill(str(PIECES))
        quantity.press("Enter")
    expect(part.locator("[data-part-state]")).to_have_text("can be priced")
    page.locator("#id_contact").select_option(label=CONTACT)
    save(page, "Save and continue editing")


def a_quote_is_made_and_sent(walk) -> None:
    page = walk.office
    press(page, "Make a quote")
    expect(page).to_have_url(re.compile("/quote/\\d+/change/"))
    for step in ("Material", "Cutting", "Setup", "Handling", "Margin"):
        expect(page.get_by_role("main")).to_contain_text(step)
    press(page, "Send")
    expect(page.get_by_text("The quote is on its way.")).to_be_visible()
    walk.quote = number_on(page, r"QT-\d+-\d+")
    walk.numbers.append(walk.quote)
    mail = walk.house.mail(MAIL, walk.quote)
    walk.link = re.search(r"http://\S+/portal/link/\S+", mail.get_body(("plain",)).get_content())[0]
    paper = next(mail.iter_attachments())
    assert paper.get_filename() == f"{walk.quote}.pdf"
    text = PdfReader(io.BytesIO(paper.get_content())).pages[0].extract_text()
    assert walk.quote in text
    assert PART in text


# --- the client -------------------------------------------------------------------------------------------------------


def the_client_accepts_on_a_phone(walk) -> None:
    page = walk.client
    page.goto(walk.link)
    expect(page.get_by_role("heading", name="Pump base plates")).to_be_visible()
    expect(page.get_by_role("img", name=f"Drawing: {PART}")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as PDF").click()
    assert download.value.suggested_filename == f"{walk.quote}.pdf"
    page.get_by_role("link", name="Decide").click()
    expect(page.get_by_label("Your name").first).to_have_value(CONTACT)
    page.get_by_label("I accept the terms").check()
    page.get_by_role("button", name="Accept and order").click()
    page.get_by_role("dialog").get_by_role("button", name="Accept and order").click()
    expect(page.get_by_role("heading", name="Accepted. Thank you.")).to_be_visible()
    expect(page.get_by_text(f"By {CONTACT} on")).to_be_visible()
    walk.job = number_on(page, r"JB-\S+-001")
    walk.numbers.append(walk.job)
    page.reload()
    expect(page.get_by_role("button", name="Accept and order")).to_have_count(0)


# --- the shop ---------------------------------------------------------------------------------------------------------


def percent(place) -> int:
    return int(re.search(r"(\d+) %", place.inner_text())[1])


def the_operator_starts_and_everybody_sees_it_move(walk) -> None:
    page, board = walk.operator, walk.board
    board.goto("/board/")
    card = board.locator("article.machine", has_text="Laser of cutters")
    expect(card).to_contain_text("idle")
    page.goto("/floor/")
    first = page.locator("#queue li").first
    expect(first).to_contain_text(f"{PIECES} × {PART}")
    expect(first).to_contain_text(walk.job)
    first.get_by_role("button", name="Start").click()
    now = page.locator("#now")
    expect(now).to_contain_text(f"{PIECES} × {PART}")
    expect(now.locator("progress")).to_be_visible()
    for seen in watched(page, now, card):
        assert seen == sorted(seen)
    expect(card).to_contain_text(walk.job)
    expect(now).to_contain_text("says it is done")
    expect(card).to_contain_text("finished")


def watched(page: Page, *places) -> list[list[int]]:
    """The percentages seen in each place, more than two of them, without anybody touching the pages."""
    seen, end = [[] for _place in places], time.monotonic() + PATIENCE
    while min(map(len, seen)) < 3:
        assert time.monotonic() < end, f"they stood still: {seen}"
        for place, percents in zip(places, seen, strict=True):
            found = re.search(r"(\d+) %", place.inner_text())
            if found and percents[-1:] != [int(found[1])]:
                percents.append(int(found[1]))
        page.wait_for_timeout(100)  # the browser goes on only while it is listened to
    return seen


def finish(page: Page, *, good: int, scrap: int = 0) -> None:
    page.locator("#now").get_by_role("link", name="Finish").click()
    expect(page.get_by_label("Good", exact=True)).to_have_value(str(good + scrap))
    if scrap:
        page.get_by_label("Scrap", exact=True).fill(str(scrap))
        page.get_by_label("Good", exact=True).fill(str(good))
        page.get_by_label("Why scrap").select_option(label="Not cut through")
    page.locator("#done").click()


def what_is_short_is_made_again(walk) -> None:
    page = walk.operator
    finish(page, good=PIECES - 1, scrap=1)
    expect(page.get_by_text("1 short: back at the front of the queue.")).to_be_visible()
    first = page.locator("#queue li").first
    expect(first).to_contain_text(f"1 × {PART}")
    first.get_by_role("button", name="Start").click()
    expect(page.locator("#now")).to_contain_text("says it is done")
    finish(page, good=1)
    expect(page.get_by_text("1 good, 0 scrap.")).to_be_visible()
    expect(page.get_by_text("The queue is empty")).to_be_visible()
    assert not re.search(r"R\s?\d+[.,]\d\d", page.get_by_role("main").inner_text())


# --- the money --------------------------------------------------------------------------------------------------------


def an_invoice_is_sent_and_paid(walk) -> None:
    page = walk.office
    page.goto("/admin/production/job/")
    page.get_by_role("link", name=walk.job).click()
    expect(page.get_by_role("main")).to_contain_text("made")
    press(page, "Make an invoice")
    expect(page).to_have_url(re.compile("/invoice/\\d+/change/"))
    press(page, "Issue and send")
    expect(page.get_by_text("The invoice is issued and on its way.")).to_be_visible()
    walk.invoice = number_on(page, r"INV-\d+-\d+")
    walk.numbers.append(walk.invoice)
    mail = walk.house.mail(MAIL, walk.invoice)
    assert [paper.get_filename() for paper in mail.iter_attachments()] == [f"{walk.invoice}.pdf"]
    pay(page, "100")
    expect(page.get_by_role("main")).to_contain_text("partly paid")
    pay(page)
    expect(page.get_by_role("main")).to_contain_text("paid")
    page.goto("/admin/production/job/?q=" + walk.job)
    expect(page.get_by_role("main")).to_contain_text("completed")
    client = walk.client
    client.goto(re.search(r"http://\S+/portal/link/\S+", mail.get_body(("plain",)).get_content())[0])
    expect(client.get_by_role("heading", name="Paid in full")).to_be_visible()
    expect(client.get_by_role("heading", name=f"Invoice {walk.invoice}")).to_be_visible()


def pay(page: Page, amount: str = "") -> None:
    """Part of it, or what is left as the form proposes it."""
    press(page, "Record a payment")
    if amount:
        page.get_by_label("Amount").fill(amount)
    page.get_by_role("button", name="Record a payment").click()
    expect(page.get_by_text("The payment is booked.")).to_be_visible()


def the_log_tells_the_story(walk) -> None:
    page = walk.office
    page.goto("/admin/accounts/activity/?all=")
    story = page.get_by_role("main").inner_text()
    for deed in ("created", "uploaded", "measured", "quoted", "sent", "opened", "accepted", "queued", "reserved",
                 "started", "finished", "issued", "paid", "completed"):  # fmt: skip
        assert deed in story, deed
    assert CONTACT in story


# --- the neighbour ----------------------------------------------------------------------------------------------------


def overhear(page: Page) -> list[str]:
    """All that the wall board of the other business is told from now on."""
    told: list[str] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: told.append(str(frame))))
    page.goto("/board/")
    expect(page.locator("article.machine")).to_contain_text("Laser of printers")
    return told


def the_neighbour_sees_none_of_it(walk) -> None:
    page = walk.stranger
    expect(page.locator("article.machine")).to_have_count(1)
    told = "".join(walk.overheard)
    secrets = [*walk.numbers, CLIENT, PART, "Laser of cutters"]
    assert [secret for secret in secrets if secret in told] == []
    for room in ("crm/client", "production/enquiry", "production/job", "production/operation", "production/run",
                 "production/designfile", "billing/quote", "billing/invoice", "billing/payment", "inventory/move",
                 "machines/machine", "accounts/activity"):  # fmt: skip
        answer = page.request.get(f"/admin/{room}/")
        assert (answer.status, [secret for secret in secrets if secret in answer.text()]) == (200, []), room
    for number in walk.numbers:
        assert "<a " in found(walk.office, number), number
        assert "<a " not in found(page, number), number


def found(page: Page, words: str) -> str:
    """What the search over everything answers."""
    return page.request.get("/admin/search/", params={"s": words}).text()
