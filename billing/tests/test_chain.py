"""Delivery notes, order papers, reminders and statements stay as they left the house: triggers, chain and verifier."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from billing import deliveries, order_papers, reminding, statements, verifying
from billing.documents.sweeping import sweep
from billing.models import Delivery, OrderPaper, Reminder, Seal
from billing.tests.ground import late_invoice, made_job, with_address
from laseros.core.errors import Refused
from laseros.tests.database import guards_off
from laseros.tests.ground import perform_waiting
from laseros.tests.laid import laid_further

pytestmark = pytest.mark.usefixtures("scoped", "one_paper")


@pytest.fixture
def family(scoped, workspace, shop, office):
    """(a delivery that arrived, an order confirmation, a reminder, a statement), all with their papers."""
    workspace.checks_deliveries = False
    workspace.save()
    with_address(shop)
    rows = laid_further(("what has left the house",), lambda: _leave_the_house(workspace, shop, office), shop, office)
    assert list(verifying.wrong(workspace)) == []
    return rows


def _leave_the_house(workspace, shop, office) -> tuple:
    invoice = late_invoice(shop, office)
    job = made_job(shop, office)
    delivery = deliveries.ship(deliveries.pack(deliveries.draft_from(job, office), office), office)
    paper = order_papers.write_for_job(job, "confirmation", office)
    reminding.propose(workspace)
    ((reminder,), refused) = reminding.send(list(reminding.waiting()), office)
    assert refused == []
    today = timezone.localdate()
    statement = statements.send(shop.client, "ZAR", today - timedelta(days=100), today, office)
    perform_waiting()
    delivery = deliveries.arrive(delivery, office, received_by="Thandi")
    deliveries.change_way(delivery, office, carrier="own", tracking="T1")  # what may move moves
    said = [(seal.document, seal.is_paper) for seal in Seal.objects.filter(quote=None)]
    rows = (delivery, paper, reminder, statement)
    assert said == [(invoice, False), *((row, False) for row in rows), *((row, True) for row in rows)]
    return rows


@pytest.mark.usefixtures("family")
def test_no_one_changes_them_by_sql():
    copied = "workspace_id, delivery_id, job_line_id, description, quantity, invoiced, is_packed, is_checked"
    with connection.cursor() as cursor:
        for deed in (
            "UPDATE billing_delivery SET recipient = 'X'",
            "UPDATE billing_delivery SET pdf_sha256 = 'x'",
            "DELETE FROM billing_delivery",
            "UPDATE billing_deliveryline SET quantity = 9",
            "DELETE FROM billing_deliveryline",
            f"INSERT INTO billing_deliveryline (position, {copied}) SELECT 9, {copied} FROM billing_deliveryline",
            "UPDATE billing_parcel SET weight_kg = 9",
            "DELETE FROM billing_parcel",
            "UPDATE billing_orderpaper SET total = 1",
            "DELETE FROM billing_orderpaper",
            "UPDATE billing_reminder SET fee = 1",
            "UPDATE billing_reminder SET sent_on = NULL",
            "DELETE FROM billing_reminder",
            "UPDATE billing_accountstatement SET balance = 1",
            "DELETE FROM billing_accountstatement",
        ):
            with pytest.raises(Exception, match="an issued document is never changed"), transaction.atomic():
                cursor.execute(deed)
        cursor.execute("UPDATE billing_deliveryline SET invoiced = 1")
        cursor.execute("UPDATE billing_parcel SET tracking = 'X'")
        cursor.execute("UPDATE billing_delivery SET received_by = 'X'")


def test_what_is_tampered_with_is_named(workspace, family):
    delivery, paper, reminder, statement = family
    with default_storage.open(paper.__class__.objects.get().pdf.name, "wb") as stored:
        stored.write(b"forged")
    with guards_off(), connection.cursor() as cursor:
        cursor.execute("UPDATE billing_delivery SET recipient = 'X'")
        cursor.execute("UPDATE billing_deliveryline SET quantity = 9")
        cursor.execute("UPDATE billing_parcel SET weight_kg = 9")
        cursor.execute("UPDATE billing_orderpaper SET total = 1")
        cursor.execute("UPDATE billing_reminder SET fee = 1, pdf_sha256 = 'x'")
        cursor.execute("UPDATE billing_accountstatement SET currency = 'EUR'")
    found = list(verifying.wrong(workspace))
    line, parcel = delivery.lines.get(), delivery.parcels.get()
    number, print_of = delivery.number, reminder.pdf_sha256
    reminder.refresh_from_db()
    paper.refresh_from_db()
    for sentence in (
        f"{number} (delivery {delivery.pk}): recipient was 'Umgeni Pumps' and is 'X'",
        f"{number} (delivery {delivery.pk}), line 1 (delivery line {line.pk}): quantity was '10' and is '9'",
        f"{number} (delivery {delivery.pk}), parcel 1 (parcel {parcel.pk}): weight_kg was None and is '9.00'",
        f"{paper.number} (order paper {paper.pk}): total was '427.8000' and is '1.0000'",
        f"{paper.number} (order paper {paper.pk}): the file {paper.pdf.name} is not the one that was stored",
        f"{reminder.number} (reminder {reminder.pk}): fee was '0.0000' and is '1.0000'",
        f"{statement.number} (statement of account {statement.pk}): currency was 'ZAR' and is 'EUR'",
    ):
        assert sentence in found
    assert any("pdf_sha256 was" in sentence and sentence.endswith("and is 'x'") for sentence in found), print_of


def test_what_was_never_sealed_is_named(workspace, shop, family):
    with guards_off(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM billing_seal WHERE reminder_id IS NOT NULL")
    (reminder,) = Reminder.objects.filter(state="sent")
    assert f"{reminder.number} (reminder {reminder.pk}): it was never sealed" in list(verifying.wrong(workspace))
    with guards_off(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM billing_seal WHERE order_paper_id IS NOT NULL")
        cursor.execute("DELETE FROM billing_orderpaper")
    assert any("this number was drawn and no document has it" in each for each in verifying.wrong(workspace))


def test_what_was_taken_back_or_away_is_missed(workspace, family):
    delivery, _paper, reminder, _statement = family
    with guards_off(), connection.cursor() as cursor:
        cursor.execute("UPDATE billing_reminder SET sent_on = NULL")
        cursor.execute("UPDATE billing_delivery SET shipped_on = NULL")
    gone = [each for each in verifying.wrong(workspace) if "has gone" in each]
    assert gone == [
        f"chain: link {seal.position} ({named if seal.is_paper or kind == 'delivery' else row.pk}): its {kind} has gone"
        for kind, named, row in (("delivery", delivery.number, delivery), ("reminder", reminder.number, reminder))
        for seal in row.seals.all()
    ]
    seal = Seal.objects.latest("position")
    seal.pk, seal.position, seal.delivery, seal.is_paper = None, seal.position + 1, delivery, True
    with guards_off(), pytest.raises(IntegrityError, match="seal_of_one_document"), transaction.atomic():
        seal.save()


def test_a_refused_arrival_leaves_no_picture_and_a_killed_one_is_swept(workspace, family, settings):
    from django.core.files.base import ContentFile

    delivery = family[0]
    with pytest.raises(Refused):  # it has arrived already
        deliveries.arrive(delivery, None, received_by="Thandi", picture=ContentFile(b"picture"))
    folder = f"proofs/{workspace.pk}"
    names = default_storage.listdir(folder)[1] if default_storage.exists(folder) else []
    assert names == []
    left = default_storage.save(f"{folder}/{delivery.pk}.jpg", ContentFile(b"of a killed process"))
    paper = default_storage.save(f"documents/{workspace.pk}/delivery-1-killed.pdf", ContentFile(b"x"))
    assert sweep(workspace) == 0  # it may be in the making
    assert sweep(workspace, timedelta(0)) == 2
    assert not default_storage.exists(left)
    assert not default_storage.exists(paper)
    assert (Delivery.objects.count(), OrderPaper.objects.count()) == (1, 1)
    assert list(verifying.wrong(workspace)) == []
