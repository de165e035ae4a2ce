"""What the page of a job says comes next, and who is offered it."""

import pytest
from django.urls import reverse
from django_scopes import scope

from billing.tests.ground import made_job
from production import jobs
from production.models import Job

pytestmark = pytest.mark.one_database


def step_of(browser, job):
    """(sentence, label of the button or link) of the page."""
    page = browser.get(reverse("admin:production_job_change", args=[job.pk])).content.decode()
    part = page.split('<p class="lo-step-words">')[1].split("<details")[0].split("<nav")[0]
    words, _end, button = part.partition("</p>")
    label = button.rpartition("</span>")[2].split("<")[0].strip()
    return words, label, page


def test_what_is_made_is_delivered_by_who_may_and_waits_for_them_otherwise(shop, log_in, person):
    with scope(workspace=shop.workspace):
        job = made_job(shop)
    words, label, page = step_of(log_in(person("office", shop.workspace)), job)
    assert (words, label) == (
        "Pieces are made and not delivered yet: this makes the delivery to be packed.", "Make a delivery",
    )  # fmt: skip
    assert page.split('id="deeds"')[1].split("<dialog")[0].count("lo-primary") == 1
    words, label, _page = step_of(log_in(person("viewer", shop.workspace)), job)
    assert (words, label) == ("It is made: it closes once it is delivered, invoiced and paid.", "")


def test_a_job_on_hold_goes_on_first(shop, log_in, person):
    from production.tests.ground import line, new_job

    office = person("office", shop.workspace)
    with scope(workspace=shop.workspace):
        job = new_job(shop, lines=[line(shop)])
        jobs.hold(job, office, why="The client asked")
    words, label, _page = step_of(log_in(office), job)
    assert (words, label) == ("It is on hold: this puts its work back into the queues.", "Go on")
    with scope(workspace=shop.workspace):
        Job.objects.filter(pk=job.pk).update(state="cancelled")
    words, label, _page = step_of(log_in(office), job)
    assert (words, label) == ("It was cancelled: nothing is left to do.", "")
