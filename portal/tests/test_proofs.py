"""Proofs: sent from the job, approved once and only in the newest version, by log-in and by link."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django_scopes import scope
from PIL import Image

from accounts.models import Activity, OutgoingMail
from laseros.core.errors import Refused
from portal.tests.ground import let_in, link_to, new_client, new_contact
from production import proofs
from production.models import Event, Job, Milestone, Proof
from production.tests.ground import SQUARE, new_job

pytestmark = [pytest.mark.one_database, pytest.mark.django_db]


def file(name="bracket.dxf", content=SQUARE):
    return SimpleUploadedFile(name, content)


def picture() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 20), "#1d5fbf").save(drawn, "PNG")
    return drawn.getvalue()


@pytest.fixture
def job(shop):
    return new_job(shop)


@pytest.fixture
def send(shop, job, office):
    def give(*what, **fields):
        with scope(workspace=shop.workspace):
            return proofs.send(Job.objects.get(pk=job.pk), office, upload=file(*what), **fields)

    return give


@pytest.fixture
def browser(shop, log_in):
    return log_in(let_in(shop.contact))


def approved(job) -> str:
    with scope(workspace=job.workspace):
        return Milestone.objects.get(job=job, event=Event.APPROVED).state


def now(proof) -> Proof:
    with scope(workspace=proof.workspace):
        return Proof.objects.get(pk=proof.pk)


def test_the_shop_sends_and_the_client_approves(browser, job, send, run_work):
    assert approved(job) == "reached"
    proof = send(note="Holes moved by 5 mm")
    assert approved(job) == "open"
    run_work()
    assert "Approve what we are going to make" in browser.get("/portal/").content.decode()
    page = browser.get(f"/portal/jobs/{job.pk}/").content.decode()
    assert "Please approve version 1" in page
    assert "Holes moved by 5 mm" in page
    base = f"/portal/jobs/{job.pk}/proofs/{proof.pk}/"
    assert browser.get(f"{base}picture/")["Content-Type"].startswith("image/svg+xml")
    assert b"".join(browser.get(f"{base}file/").streaming_content) == SQUARE
    for _press in range(2):
        assert browser.post(f"{base}approve/", {"name": "Thandi Nkosi"}).status_code == 302
    row = now(proof)
    assert (row.state, row.decided_by, row.decided_from) == ("approved", "Thandi Nkosi", "127.0.0.1")
    assert approved(job) == "reached"
    page = browser.get(f"/portal/jobs/{job.pk}/").content.decode()
    assert "By Thandi Nkosi on" in page
    assert "Please approve" not in page
    with scope(workspace=job.workspace):
        assert Activity.objects.filter(verb="approved", target_id=job.pk).count() == 1
    run_work()
    subjects = list(OutgoingMail._base_manager.order_by("id").values_list("subject", flat=True))
    assert subjects[-2:] == ["Please approve: Brackets", f"{job.number}, version 1: approved"]


def test_an_old_version_is_refused_in_words(browser, client, job, send):
    first, second = send(), send("second.png", picture())
    answer = browser.post(f"/portal/jobs/{job.pk}/proofs/{first.pk}/approve/", {"name": "Thandi"}, follow=True)
    assert "This is version 1. Version 2 was sent since" in answer.content.decode()
    assert (now(first).state, now(second).state, approved(job)) == ("replaced", "waiting", "open")
    assert browser.get(f"/portal/jobs/{job.pk}/proofs/{second.pk}/picture/")["Content-Type"] == "image/png"


def test_by_a_link_a_change_is_asked_for_with_a_reason(client, job, send):
    proof = send("paper.pdf", b"%PDF-1.7 x")
    path = link_to(job, job.contact)[1]
    assert "Please approve version 1" in client.get(path).content.decode()
    base = f"{path}jobs/{job.pk}/proofs/{proof.pk}/"
    client.post(f"{base}change/", {"name": "Thandi", "reason": ""})
    assert now(proof).state == "waiting"
    client.post(f"{base}change/", {"name": "Thandi", "reason": "The logo is too small"})
    row = now(proof)
    assert (row.state, row.reason, row.decided_by) == ("changes", "The logo is too small", "Thandi")
    answer = client.post(f"{base}approve/", {"name": "Thandi"}, follow=True)
    assert "A change to this version has been asked for already." in answer.content.decode()
    assert approved(job) == "open"
    third = send()
    assert (now(proof).state, third.version) == ("replaced", 2)


def test_anothers_proof_is_not_there_and_some_only_look(browser, job, send, workspace, shop, log_in):
    proof = send()
    base = f"/portal/jobs/{job.pk}/proofs/{proof.pk}/"
    with scope(workspace=workspace):
        type(shop.contact).objects.update(may_order=False)
    assert "You may not decide" in browser.post(f"{base}approve/", {"name": "T"}, follow=True).content.decode()
    other = log_in(let_in(new_contact(new_client(workspace, "Others"), "Zola", "zola@other.example")))
    for piece in ("picture/", "file/", "approve/"):
        assert other.get(base + piece).status_code == 404
    assert other.post(f"{base}approve/", {"name": "Zola"}).status_code == 404
    assert now(proof).state == "waiting"


def test_what_is_no_proof_is_refused(job, send, office, shop):
    with pytest.raises(Refused, match="drawing, a picture or a PDF"):
        send("model.stl", b"solid x")
    with pytest.raises(Refused, match="picture we can read"):
        send("broken.png", b"\x89PNG\r\n\x1a\n broken")
    with scope(workspace=job.workspace):
        Job.objects.filter(pk=job.pk).update(state="cancelled", completed_at=timezone.now())
    with pytest.raises(Refused, match="cancelled"):
        send()
    with scope(workspace=job.workspace):
        assert Proof.objects.count() == 0


def test_sent_from_the_jobs_page_and_taken_back(job, office, log_in, run_work):
    browser = log_in(office)
    answer = browser.post(f"/admin/production/job/{job.pk}/do/proof/", {"upload": file(), "note": "Look"})
    assert answer.status_code == 302
    with scope(workspace=job.workspace):
        proof = Proof.objects.get()
    assert "1 · bracket.dxf" in browser.get(f"/admin/production/job/{job.pk}/change/").content.decode()
    assert "waiting for the client" in browser.get("/admin/production/proof/").content.decode()
    browser.post(f"/admin/production/proof/{proof.pk}/do/withdraw/")
    assert now(proof).state == "withdrawn"
