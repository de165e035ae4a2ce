"""Following a job: what is made, what is on a machine now, how long it takes; and nothing about the shop."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from django_scopes import scope

from machines.models import MachineStatus
from portal.tests.ground import link_to, new_invoice, new_job, new_quote, put_on_machine
from production import progress
from production.models import JobLine, Run

pytestmark = pytest.mark.django_db


def followed(client, job) -> str:
    return client.get(f"{link_to(job)[1]}jobs/{job.pk}/progress/").content.decode()


def progress_of(job):
    with scope(workspace=job.workspace):
        return progress.of(job)


def test_progress_counts_what_is_made_and_what_is_moving(buyer):
    job = new_job(buyer, lines=[(10, 3), (40, 40)])
    assert (progress_of(job).made, progress_of(job).ordered, progress_of(job).percent) == (43, 50, 86.0)
    put_on_machine(job, progress=0.5)
    found = progress_of(job)
    assert (found.made, round(found.percent, 6)) == (43, 93.0)
    (live,) = found.live
    assert (live.share, live.seconds_left, live.pieces, live.paused) == (0.5, 720, 7, False)


def test_more_than_ordered_is_not_more_than_all(buyer):
    job = new_job(buyer, lines=[(10, 13), (10, 0)])
    assert (progress_of(job).made, progress_of(job).percent) == (10, 50.0)


@pytest.mark.parametrize(("said", "share"), [(1.7, 1.0), (-0.2, 0.0), (0.0, 0.0)])
def test_what_a_machine_says_stays_within_reason(buyer, said, share):
    job = new_job(buyer)
    put_on_machine(job, progress=said)
    assert progress_of(job).live[0].share == share


def test_what_a_machine_says_about_other_work_does_not_count(buyer):
    job = new_job(buyer)
    run = put_on_machine(job, progress=0.9)
    with scope(workspace=job.workspace):
        MachineStatus.objects.update(job_key="run-0")
        Run.objects.filter(pk=run.pk).update(
            started_at=timezone.now() - timedelta(minutes=10), estimated_seconds=2400, paused_seconds=120
        )
    live = progress_of(job).live[0]
    assert (round(live.share, 3), round(live.seconds_left, -1)) == (0.2, 1920)


def test_the_clock_alone_never_finishes_anything(buyer):
    job = new_job(buyer)
    put_on_machine(job)
    with scope(workspace=job.workspace):
        MachineStatus.objects.all().delete()
        Run.objects.update(started_at=timezone.now() - timedelta(hours=10), estimated_seconds=60)
    live = progress_of(job).live[0]
    assert (live.share, live.seconds_left) == (0.99, None)


def test_without_estimate_nothing_is_promised(buyer):
    job = new_job(buyer)
    put_on_machine(job)
    with scope(workspace=job.workspace):
        MachineStatus.objects.all().delete()
    live = progress_of(job).live[0]
    assert (live.share, live.seconds_left) == (0.0, None)


def test_a_pause_stands_still(buyer):
    job = new_job(buyer)
    put_on_machine(job, state="paused")
    with scope(workspace=job.workspace):
        MachineStatus.objects.all().delete()
        begun = timezone.now() - timedelta(hours=1)
        Run.objects.update(started_at=begun, paused_at=begun + timedelta(minutes=5), estimated_seconds=600)
    live = progress_of(job).live[0]
    assert (live.share, live.seconds_left, live.paused) == (0.5, 300, True)


def test_a_machine_that_is_done_is_done(client, buyer):
    job = new_job(buyer)
    put_on_machine(job, progress=0.97, done=True)
    assert (progress_of(job).live[0].share, progress_of(job).live[0].seconds_left) == (1.0, 0)
    assert progress_of(job).percent == pytest.approx(30 + 70 * 0.99)  # nobody has counted the seven yet
    answer = followed(client, job)
    assert "Off the machine, being checked: 7 × " in answer
    assert ("On a machine now" in answer, "100 %" in answer, "0 s" in answer) == (False, False, False)


def test_the_piece_that_moves_is_fetched_by_itself(client, buyer):
    job = new_job(buyer)
    put_on_machine(job)
    answer = followed(client, job)
    for words in ("On a machine now", "42 %", "12 min", "3 of 10 made", 'hx-trigger="bell"', "data-poll"):
        assert words in answer, words
    assert "<html" not in answer
    with scope(workspace=buyer.workspace):
        MachineStatus.objects.update(progress=0.77, seconds_left=180)
    assert "77 %" in followed(client, job)
    assert "3 min" in followed(client, job)


@pytest.mark.parametrize(
    ("state", "asks"), [("approved", True), ("made", True), ("completed", False), ("cancelled", False)]
)
def test_a_page_stops_asking_when_nothing_can_come(client, buyer, state, asks):
    assert ("data-poll" in followed(client, new_job(buyer, state))) is asks


def test_a_job_page_leads_to_its_papers(buyer, buyer_logged_in):
    job = new_job(buyer)
    quote = new_quote(buyer, "accepted", job=job, decided_by="Thandi", decided_at=timezone.now())
    invoice = new_invoice(buyer, job=job)
    draft = new_invoice(buyer, "draft", job=job)
    page = buyer_logged_in.get(f"/portal/jobs/{job.pk}/").content.decode()
    assert f"/portal/quotes/{quote.pk}/" in page
    assert f"/portal/invoices/{invoice.pk}/" in page
    assert f"/portal/invoices/{draft.pk}/" not in page
    assert f"/portal/jobs/{job.pk}/" in buyer_logged_in.get(f"/portal/invoices/{invoice.pk}/").content.decode()


def test_a_link_to_a_job_shows_no_papers(client, buyer):
    """A link opens one document; what the others cost is not for whoever it was forwarded to."""
    job = new_job(buyer)
    quote = new_quote(buyer, "accepted", job=job, decided_by="Thandi", decided_at=timezone.now())
    invoice = new_invoice(buyer, job=job)
    page = client.get(link_to(job)[1]).content.decode()
    assert quote.number not in page
    assert invoice.number not in page
    assert not re.search(r"R\d[\d\s]*,\d\d", page)


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ("approved", "confirmed"),
        ("in_progress", "being made"),
        ("made", "ready"),
        ("completed", "completed"),
        ("on_hold", "on hold"),
        ("cancelled", "cancelled"),
    ],
)
def test_a_state_is_said_in_a_clients_words(client, buyer, state, word):
    page = client.get(link_to(new_job(buyer, state))[1]).content.decode()
    assert f"<span>{word}</span>" in page


def test_lines_say_what_is_ordered_and_made(client, buyer):
    page = client.get(link_to(new_job(buyer, lines=[(10, 3), (40, 40)]))[1]).content.decode()
    for words in ("10 ordered", "3 made", "40 ordered", "all made"):
        assert words in page, words


def test_progress_takes_three_queries_however_much_is_going_on(buyer, django_assert_num_queries):
    job = new_job(buyer, lines=[(10, 3)] * 3)
    put_on_machine(job)
    with scope(workspace=buyer.workspace):
        with django_assert_num_queries(3):
            progress.of(job)
        lines = list(JobLine.objects.filter(job=job))
        with django_assert_num_queries(2):
            progress.of(job, lines)
