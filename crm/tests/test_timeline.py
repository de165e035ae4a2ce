"""A client's page of its own: what happened fills itself, what is to be done has a day, letters keep the way back."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail as post_office
from django.utils import timezone

from accounts.models import Activity, OutgoingMail
from billing import payments
from billing.tests.test_documents import issued_invoice
from crm import diary, insight, timeline
from crm.models import Client, Contact, Entry, FollowUp
from laseros import matters
from laseros.core.errors import Refused

pytestmark = [pytest.mark.usefixtures("scoped"), pytest.mark.every_database]
QUERIES = 24


@pytest.fixture
def story(shop, office):
    """A client with a job made, an invoice, half of it paid, a call and a message."""
    from production import conversation

    invoice = issued_invoice(shop, office)
    payments.receive(invoice, Decimal("200.00"), key="p", received_on=timezone.localdate(), method="transfer")
    diary.note(shop.client, "Wants blue ones", kind="call", key="c", by=office, at=timezone.now() - timedelta(days=3))
    conversation.write(invoice.job, "Is blue all right?", side="shop", by=office, key="m")
    return invoice


def page(browser, client, **query):
    return browser.get(f"/admin/crm/client/{client.pk}/timeline/", query)


def test_it_fills_itself_newest_first_and_is_filtered(story, shop, office, log_in):
    browser = log_in(office)
    lines = page(browser, shop.client).context["lines"]
    kinds = [line.kind for line in lines]
    assert {"job", "milestone", "quote", "decision", "invoice", "payment", "entry", "message"} <= set(kinds)
    assert kinds[-1] == "entry"  # three days ago
    assert [line.at for line in lines] == sorted((line.at for line in lines), reverse=True)
    (paid,) = page(browser, shop.client, kind="payment").context["lines"]
    assert (paid.amount, paid.url) == (
        Decimal("200.00"),
        f"/admin/billing/payment/{shop.client.payments.get().pk}/change/",
    )
    assert page(browser, shop.client, kind="nonsense").context["lines"] == []


def test_pages_hold_thirty_and_take_the_same_queries(story, shop, office, log_in, django_assert_num_queries):
    browser = log_in(office)
    page(browser, shop.client)
    for extra in (0, 40):
        Entry.objects.bulk_create(
            Entry(workspace=shop.workspace, client=shop.client, kind="note", text=str(n), by=office, key=f"n{n}",
                  at=timezone.now() - timedelta(days=30 + n))
            for n in range(extra)
        )  # fmt: skip
        with django_assert_num_queries(QUERIES):
            first = page(browser, shop.client)
    assert (len(first.context["lines"]), first.context["older"]) == (30, 2)
    rest = page(browser, shop.client, page=2).context["lines"]
    assert not {id(line) for line in rest} & {id(line) for line in first.context["lines"]}
    assert page(browser, shop.client, page="999999999").status_code == 200


def test_a_viewer_sees_no_amount_and_writes_nothing(story, shop, workspace, person, log_in):
    browser = log_in(person("viewer", workspace))
    answer = page(browser, shop.client)
    text = answer.content.decode()
    assert ("200,00" in text, "427,80" in text, "Wants blue ones" in text) == (False, False, True)
    assert not any(figure.is_money for figure in answer.context["figures"])
    assert answer.context["forms"] == {}
    assert browser.post(f"/admin/crm/client/{shop.client.pk}/timeline/", {"do": "entry"}).status_code == 403


def test_insight_counts_money_right(story, shop, office):
    figures = {str(figure.label): figure for figure in insight.of(shop.client, office)}
    assert figures["Orders"].value == "1"
    assert figures["Revenue in all, net"].value == figures["Revenue in twelve months, net"].value
    net, owed = story.net, story.total - Decimal(200)
    joined = lambda text: "".join(filter(str.isdigit, text))  # noqa: E731
    assert joined(figures["Revenue in all, net"].value) == joined(f"{net:.2f}")
    assert joined(figures["To be paid"].value) == joined(f"{owed:.2f}")
    assert timeline.last_contact(shop.client) == Entry.objects.get().at


def post(browser, client, do, **data):
    fields = {f"{do}-{name}": value for name, value in data.items()}
    return browser.post(f"/admin/crm/client/{client.pk}/timeline/", {"do": do, **fields})


def test_what_is_written_down_is_kept_once(shop, office, log_in):
    browser = log_in(office)
    for _twice in range(2):
        assert post(browser, shop.client, "entry", kind="visit", text="Saw the yard", once="1").status_code == 302
    entry = Entry.objects.get()
    assert (entry.kind, entry.text, entry.by) == ("visit", "Saw the yard", office)
    other = Client.objects.create(workspace=shop.workspace, code="CL-9", name="Other")
    stranger = Contact.objects.create(workspace=shop.workspace, client=other, name="X", email="x@x.example")
    for wrong in (
        {"text": " "}, {"kind": "dream"}, {"contact": stranger.pk}, {"at": "2199-01-01T10:00"}, {"text": "x" * 5001},
    ):  # fmt: skip
        answer = post(browser, shop.client, "entry", **({"kind": "note", "text": "y", "once": "2"} | wrong))
        assert answer.status_code == 422, wrong
    assert Entry.objects.count() == 1
    assert Activity.objects.filter(verb="noted").count() == 1


def test_what_is_to_be_done_has_a_day_and_a_person_and_is_done_once(
    shop, office, manager, person, other_workspace, log_in
):
    browser = log_in(office)
    today = timezone.localdate()
    post(browser, shop.client, "follow-up", what="Ring them", due_on=today - timedelta(days=1), once="1")
    post(browser, shop.client, "follow-up", what="Visit", due_on=today + timedelta(days=9), once="2", person=manager.pk)
    outsider = person("office", other_workspace, email="far@x.example")
    answer = post(browser, shop.client, "follow-up", what="No", due_on=today, once="3", person=outsider.pk)
    assert answer.status_code == 422
    assert list(FollowUp.objects.values_list("what", "person")) == [("Ring them", office.pk), ("Visit", manager.pk)]
    assert matters.counts(office, ["follow_ups"]) == {"follow_ups": 1}
    listed = browser.get("/admin/crm/followup/?whose=mine&due=now").context["cl"].result_list
    assert [row.what for row in listed] == ["Ring them"]
    row = FollowUp.objects.get(what="Ring them")
    for _twice in range(2):
        browser.post(f"/admin/crm/client/{shop.client.pk}/timeline/", {"do": "done", "follow_up": row.pk})
    row.refresh_from_db()
    assert (row.done_by, Activity.objects.filter(verb="finished", target_label="Ring them").count()) == (office, 1)
    with pytest.raises(Refused):
        diary.postpone(row, today, office)
    assert matters.counts(office, ["follow_ups"]) == {"follow_ups": 0}


def test_a_letter_goes_out_and_the_answer_comes_to_whoever_wrote(shop, office, log_in, run_work, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    browser = log_in(office)
    data = {"subject": "Your plates", "text": "They are <here>.\n\nCome by.", "contact": shop.contact.pk, "once": "1"}
    for _twice in range(2):
        post(browser, shop.client, "letter", **data)
    run_work()
    (sent,) = post_office.outbox
    assert (sent.to, sent.reply_to, sent.subject) == ([shop.contact.email], [office.email], "Your plates")
    assert sent.body.startswith("Hello Thandi Nkosi,\n\nThey are <here>.\n\nCome by.\n\nOffice\n")
    assert "They are &lt;here&gt;." in sent.alternatives[0][0]
    assert Entry.objects.get().text == "Your plates\n\nThey are <here>.\n\nCome by."
    Contact.objects.update(email="")
    assert post(browser, shop.client, "letter", **(data | {"once": "2"})).status_code == 422
    assert (Entry.objects.count(), OutgoingMail.objects.filter(kind="letter").count()) == (1, 1)
