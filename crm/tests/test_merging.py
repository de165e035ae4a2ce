"""Two clients that are one: everything moves, sealed papers stay and are counted, and it happens once."""

import threading
from collections import Counter
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser
from django.utils import timezone
from django_scopes import scope

from accounts.models import Activity
from billing import ageing, invoices, payments, statements
from billing.accounting import journal
from billing.accounting.accounts import Accounts
from billing.models import Invoice, Quote, rules_of
from billing.tests.ground import issued_invoice, made_job, sent_quote, with_address
from crm import apart, clients, diary, duplicates, insight, links, merging, tags, timeline
from crm.families import family
from crm.models import AccessLink, Client, Contact, NotDuplicate, Tag
from laseros.core.errors import Refused
from laseros.tests.laid import laid_further
from production import client_material
from production.models import Enquiry, EnquiryLine, LayerRule

pytestmark = pytest.mark.usefixtures("scoped")


@pytest.fixture
def two(shop, office):
    """The shop's client with everything a client can have, and the one it is a duplicate of."""
    loser = shop.client
    with_address(shop)
    issued, sent = laid_further(("papers of all kinds",), lambda: _papers(shop, office), shop, office)
    diary.note(loser, "Called", kind="call", key="k", by=office)
    clients.invite(shop.contact, office)
    link = links.make(issued, loser, shop.contact)
    LayerRule.objects.create(workspace=shop.workspace, client=loser, layer="CUT", role="cut")
    lot = client_material.receive(loser, shop.sheet, Decimal(2), key="own", kind="sheet", by=office)
    twin = Client(workspace=shop.workspace, name="Umgeni  PUMPS (Pty) Ltd.", phone="+27 31 555 0100")
    winner = clients.register(twin, office)
    diary.note(winner, "Mailed", kind="mail", key="k", by=office)
    return SimpleNamespace(winner=winner, loser=loser, issued=issued, sent=sent, link=link, lot=lot)


def _papers(shop, office) -> tuple:
    """A part of an invoice is paid, another is a draft, a quote is with the client."""
    issued = issued_invoice(shop, office)
    payments.receive(issued, Decimal(100), key="p", received_on=timezone.localdate())
    invoices.draft_from(made_job(shop, office), office)
    return issued, sent_quote(shop, office)


def test_everything_moves_but_what_is_sealed(two, shop, office):
    key = Tag.objects.create(workspace=shop.workspace, name="Key")
    tags.put_on([two.loser], key, office)
    counts = {what: (moves, stays) for what, moves, stays in merging.counted(two.loser)}
    assert (counts["invoices"], counts["payments"], counts["jobs"]) == ((1, 1), (0, 1), (2, 0))
    winner = merging.merge(two.winner, two.loser, office, take={"email": "theirs", "name": "ours"})
    two.loser.refresh_from_db()
    assert (winner.email, winner.name, winner.takes_in) == ("buyer@umgeni.example", "Umgeni  PUMPS (Pty) Ltd.", True)
    assert (two.loser.merged_into, two.loser.archived_at is None) == (winner, False)
    left = {}
    for model, field in merging.pointing():
        rows = model._base_manager.filter(**{field: two.loser.pk})
        left |= {model.__name__: rows.count()} if rows.exists() else {}
    assert left == {"Invoice": 1, "Payment": 1, "Quote": 3}
    assert list(winner.tags.all()) == [key]
    two.lot.refresh_from_db()
    assert two.lot.owner_key == f"client:{winner.pk}"
    assert {row.text for row in winner.entries.all()} == {"Called", "Mailed"}
    line = Activity.objects.get(verb="merged", target_id=winner.pk)
    named = " ".join(str(value) for value in line.details.values())
    assert Quote.objects.get(pk=two.sent.pk).client == two.loser
    for record in (*winner.jobs.all(), shop.contact, two.lot.code):
        assert str(record) in named
    assert line.details["email"] == ["", "buyer@umgeni.example"]


def test_the_one_that_lives_on_takes_in_what_stayed(two, shop, office, run_work):
    day = timezone.localdate()
    owed = two.issued.total - 100
    merging.merge(two.winner, two.loser, office, take={"email": "theirs"})
    winner = Client.objects.get(pk=two.winner.pk)
    assert statements.balance_of(winner, "ZAR") == owed
    account = statements.account_of(winner, "ZAR", day, day)
    assert ([entry.number for entry in account.entries][:1], account.closing) == ([two.issued.number], owed)
    (row,) = [row for row in ageing.rows_of() if row.owed]
    assert (row.client, row.owed) == (winner, owed)
    figures = {str(figure.label): figure.value for figure in insight.of(winner, office)}
    assert figures["Orders"] == "2"
    assert "Revenue in all, net" in figures
    kinds = {line.kind for line in timeline.of(winner, office)[0]}
    assert {"invoice", "payment", "job", "quote", "entry"} <= kinds
    # The next payment, and credit of the one for an invoice of the other.
    payments.take(winner, owed + 50, [two.issued], key="q", received_on=day, currency="ZAR", by=office)
    assert statements.balance_of(winner, "ZAR") == -50
    draft = Invoice.objects.get(state="draft")
    assert draft.client == winner
    second = invoices.issue(draft, office)
    assert payments.use_credit(second, office) == 50
    # Each of their accounts in the books says what is open on its documents, whoever of the two paid.
    sums = Counter()
    for booking in journal.of(shop.workspace, day, day):
        sign = 1 if booking.side == "S" else -1
        sums[booking.account] += sign * booking.booked
        sums[booking.contra] -= sign * booking.booked
    debtor = Accounts(rules_of(shop.workspace)).debtor
    assert (sums[debtor(two.loser)], sums[debtor(winner)]) == (0, second.total - 50)
    # A correction of what is sealed names whom that named, at the address that moved.
    note = invoices.credit(Invoice.objects.get(pk=two.issued.pk), office, reason="Short")
    assert invoices.issue(note, office).client == two.loser
    statements.send(winner, "ZAR", day, day, office)
    run_work()


def test_people_of_both_see_it_and_nobody_twice(two, shop, office):
    both = Contact.objects.create(workspace=shop.workspace, client=two.winner, name="T. Nkosi",
                                  email="thandi@umgeni.example", sees_money=True)  # fmt: skip
    clients.invite(both, office)
    for contact, text in ((shop.contact, "Old plate"), (both, "New plate")):
        basket = Enquiry.objects.create(
            workspace=shop.workspace, number=f"EN-B{contact.pk}", client=contact.client, contact=contact,
            title="Basket", state="basket", origin="portal",
        )  # fmt: skip
        EnquiryLine.objects.create(workspace=shop.workspace, enquiry=basket, description=text)
    browser = Browser()
    user = both.__class__.objects.get(pk=both.pk).user
    browser.force_login(user, backend="accounts.backends.WorkspaceRoleBackend")
    assert browser.get(f"/portal/invoices/{two.issued.pk}/").status_code in (200, 404)
    merging.merge(two.winner, two.loser, office)
    assert list(Contact.objects.values_list("pk", "client")) == [(both.pk, two.winner.pk)]
    (basket,) = Enquiry.objects.filter(state="basket")
    assert {line.description for line in basket.lines.all()} == {"Old plate", "New plate"}
    page = browser.get(f"/portal/invoices/{two.issued.pk}/")
    assert page.status_code == 200
    assert page.context["visitor"].client == two.winner
    assert [client.pk for client in page.context["visitor"].clients] == [two.winner.pk]
    assert not user.__class__.objects.get(pk=user.pk).has_perm("crm.act_for_client", two.loser)
    link = AccessLink.objects.get(pk=two.link.pk)
    assert (link.client, link.contact) == (two.winner, both)
    browser.logout()
    assert Browser().get(f"/portal/link/{links.token(link)}/", follow=True).status_code == 200
    issued = Invoice.objects.get(pk=two.issued.pk)
    assert links.make(issued, issued.client, both).pk == link.pk


def test_what_cannot_be_merged_changes_nothing(two, shop, office, other_workspace):
    with scope(workspace=other_workspace):
        far = clients.register(Client(workspace=other_workspace, name="Far"), None)
    gone = clients.register(Client(workspace=shop.workspace, name="Gone"), office)
    clients.archive(gone, office)
    before = Activity.objects.count(), Client.objects.filter(merged_into=None).count(), two.loser.jobs.count()
    for loser, code in ((two.winner, "self"), (far, "workspace"), (gone, "archived")):
        with pytest.raises(Refused) as refusal:
            merging.merge(two.winner, loser, office)
        assert refusal.value.code == code
    with pytest.raises(Refused):
        merging.merge(gone, two.loser, office)
    now = Activity.objects.count(), Client.objects.filter(merged_into=None).count(), two.loser.jobs.count()
    assert now == before
    merging.merge(two.winner, two.loser, office)
    for winner, loser in ((two.winner, two.loser), (two.loser, two.winner)):
        with pytest.raises(Refused) as refusal:
            merging.merge(winner, loser, office)
        assert refusal.value.code == "merged"
    two.loser.refresh_from_db()
    with pytest.raises(Refused):
        clients.restore(two.loser, office)
    with pytest.raises(IntegrityError), transaction.atomic():
        Client.objects.filter(pk=two.loser.pk).update(archived_at=None)


def test_merged_again_there_is_no_chain(two, shop, office):
    third = clients.register(Client(workspace=shop.workspace, name="Umgeni Group"), office)
    merging.merge(two.winner, two.loser, office)
    merging.merge(third, two.winner, office)
    two.loser.refresh_from_db()
    third.refresh_from_db()
    assert two.loser.merged_into == third
    assert {row["pk"] for row in family(third)} == {third.pk, two.winner.pk, two.loser.pk}
    assert statements.balance_of(third, "ZAR") == two.issued.total - 100


@pytest.mark.django_db(transaction=True)
def test_merged_crosswise_at_once_one_of_them_lives(workspace):
    with scope(workspace=workspace):
        one, two = (clients.register(Client(workspace=workspace, name=name), None) for name in ("One", "Two"))
    said, ready = [], threading.Barrier(2)

    def work(winner, loser):
        try:
            with scope(workspace=workspace):
                ready.wait(20)
                merging.merge(winner, loser, None)
                said.append("done")
        except Refused as refusal:
            said.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(said) == ["done", "merged"]
    with scope(workspace=workspace):
        assert Client.objects.filter(archived_at=None, merged_into=None).count() == 1


def test_who_may_be_who(shop, workspace, office):
    def add(name, **fields):
        return clients.register(Client(workspace=workspace, name=name, **fields), office)

    mueller = add("Müller & Söhne GmbH", vat_number="DE 123 456 789", phone="0341 / 555 01 23")
    again = add("Soehne Mueller", email="x@y.example", phone="+49 341 5550123")
    third = add("Anders", vat_number="de123456789")
    add("GmbH", phone="123")
    Contact.objects.create(workspace=workspace, client=third, name="X", email="X@y.example")
    clients.archive(add("Müller Söhne"), office)
    found = {(pair.first.pk, pair.second.pk): pair.reasons for pair in duplicates.pairs()}
    assert found == {
        (mueller.pk, again.pk): {"name", "phone"},
        (mueller.pk, third.pk): {"vat"},
        (again.pk, third.pk): {"mail"},
    }
    assert [pair.first.pk for pair in duplicates.pairs(third)] == [mueller.pk, again.pk]
    assert duplicates.pairs(shop.client) == []


def test_two_that_are_not_one_are_not_listed_again_and_it_follows_who_is_merged(shop, workspace, office):
    def add(name, **fields):
        return clients.register(Client(workspace=workspace, name=name, **fields), office)

    first, second, third = (add(name, phone="0341 5550123") for name in ("Anton", "Berta", "Cäsar"))
    assert len(duplicates.pairs()) == 3
    row = apart.keep_apart(second, first, office)
    assert apart.keep_apart(first, second, office) == row
    assert (row.first, row.second, row.by) == (first, second, office)
    left = [(pair.first, pair.second) for pair in duplicates.pairs()]
    assert left == [(first, third), (second, third)]
    assert [(pair.first, pair.second) for pair in duplicates.pairs(first)] == [(first, third)]
    told = Activity.objects.filter(verb="kept apart").order_by("pk").values_list("target_id", flat=True)
    assert list(told) == [first.pk, second.pk]
    with pytest.raises(Refused, match="one client"):
        apart.keep_apart(first, first, office)
    merging.merge(third, second, office)  # what holds for Berta holds for Cäsar, who she is
    assert [(row.first, row.second) for row in NotDuplicate.objects.all()] == [(first, third)]
    assert duplicates.pairs() == []
    with pytest.raises(Refused, match="merged already"):
        apart.keep_apart(first, Client.objects.get(pk=second.pk), office)
    apart.forget(NotDuplicate.objects.get(), office)
    assert [(pair.first, pair.second) for pair in duplicates.pairs()] == [(first, third)]
    apart.keep_apart(first, third, office)
    merging.merge(first, third, office)  # they were one after all
    assert not NotDuplicate.objects.exists()


@pytest.mark.one_database
def test_the_page_remembers_who_are_two_and_takes_it_back(two, office, log_in, person, workspace):
    Client.objects.filter(pk__in=(two.winner.pk, two.loser.pk)).update(phone="031 555 0100")
    browser, page = log_in(office), "/admin/crm/client/duplicates/"
    first, second = sorted((two.winner.pk, two.loser.pk))
    said = {"first": first, "second": second}
    assert "Two clients" in browser.get(page).content.decode()
    assert browser.post(f"{page}apart/", {**said, "of": first}).headers["Location"] == f"{page}?of={first}"
    shown = browser.get(page)
    assert ([*shown.context["pairs"]], len(shown.context["apart"])) == ([], 1)
    assert "Said to be two clients" in shown.content.decode()
    assert browser.get(f"{page}apart/").status_code == 405
    for wrong in ({"first": "x"}, {"first": first}, {"first": first, "second": 10**18}):
        assert browser.post(f"{page}apart/", wrong).status_code == 404
    assert log_in(person("viewer", workspace)).post(f"{page}apart/", said).status_code == 403
    browser = log_in(office)
    assert browser.post(f"{page}apart/", {**said, "again": "1"}).headers["Location"] == page
    assert (len(browser.get(page).context["pairs"]), NotDuplicate.objects.count()) == (1, 0)


@pytest.mark.one_database
def test_without_prices_nobodys_limit_is_lost_unseen(two, office, log_in):
    page = f"/admin/crm/client/{two.winner.pk}/merge/{two.loser.pk}/"
    Client.objects.filter(pk=two.loser.pk).update(credit_limit=500)
    with pytest.raises(Refused) as refusal:
        merging.merge(two.winner, two.loser, office, sees_money=False)
    assert refusal.value.code == "money"
    assert log_in(office).get(page).context["refused"] == ""  # they choose
    assert Client.objects.get(pk=two.loser.pk).merged_into_id is None
    Client.objects.filter(pk=two.loser.pk).update(credit_limit=two.winner.credit_limit)
    two.loser.refresh_from_db()
    merging.merge(two.winner, two.loser, office, sees_money=False)
    assert Client.objects.get(pk=two.loser.pk).merged_into == two.winner


@pytest.mark.one_database
def test_the_pages_show_both_and_merge_what_was_chosen(two, shop, office, person, workspace, log_in):
    browser = log_in(office)
    Client.objects.filter(pk=two.loser.pk).update(phone="031 555 0100", notes="Old", credit_limit=500)
    Client.objects.filter(pk=two.winner.pk).update(notes="New", payment_days=30)
    listed = browser.get("/admin/crm/client/duplicates/").content.decode()
    address = f"/admin/crm/client/{two.winner.pk}/merge/{two.loser.pk}/"
    assert (
        f"/admin/crm/client/{two.loser.pk}/merge/{two.winner.pk}/" in listed
    )  # the older lives on, if nobody says else
    assert address in browser.get(f"/admin/crm/client/duplicates/?of={two.winner.pk}&q=CL-0001").content.decode()
    page = browser.get(address)
    chosen = {row["name"]: row["chosen"] for row in page.context["rows"]}
    assert (chosen["email"], chosen["notes"], chosen["name"], chosen["payment_days"]) == (
        "theirs",
        "both",
        "ours",
        None,
    )
    answer = browser.post(address, dict.fromkeys(("email", "name", "credit_limit"), "theirs") | {"notes": "both"})
    assert answer.headers["Location"] == f"/admin/crm/client/{two.winner.pk}/change/"
    winner = Client.objects.get(pk=two.winner.pk)
    assert (winner.name, winner.notes, winner.credit_limit) == ("Umgeni Pumps", "New\n\nOld", 500)
    assert browser.post(address).status_code == 409
    # What was merged can be looked at and leads on; nothing offers it and nothing is written for it.
    old = browser.get(f"/admin/crm/client/{two.loser.pk}/change/")
    assert old.context["related"][0].label == f"Merged into: {winner}"
    assert (old.context["verbs"], old.context["has_change_permission"]) == ([], False)
    enquiry = {"client": two.loser.pk, "title": "X", "lines-TOTAL_FORMS": 0, "lines-INITIAL_FORMS": 0}
    count = Enquiry.objects.count()
    assert "client" in browser.post("/admin/production/enquiry/add/", enquiry).context["adminform"].form.errors
    assert Enquiry.objects.count() == count
    theirs = next(
        link.url for link in browser.get(answer.headers["Location"]).context["related"] if "invoice" in link.url
    )
    assert {row.pk for row in browser.get(theirs).context["cl"].result_list} >= {two.issued.pk}
    assert log_in(person("viewer", workspace)).get(address).status_code == 403
