"""Jobs that are part of others: put under, taken out, opened; and what the whole waits for."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity
from crm import clients
from crm.models import Client
from laseros.core.errors import Refused
from laseros.tests.permissions_doors import filled_form
from production import job_templates, job_tree, jobs, sub_jobs
from production.models import Job, JobLine
from production.tests.ground import line, new_job

pytestmark = [pytest.mark.usefixtures("scoped"), pytest.mark.django_db]


@pytest.fixture
def four(shop) -> list[Job]:
    return [new_job(shop, str(number), due_on=date(2027, 3, 10 + number)) for number in range(4)]


def tree() -> dict[int, int | None]:
    return dict(Job.objects.values_list("pk", "parent"))


def refused(code: str, verb, *facts) -> str:
    """Refused so, and nothing is otherwise than before, the log included."""
    found = lambda: (Activity.objects.count(), list(Job.objects.order_by("pk").values()))  # noqa: E731
    before = found()
    with pytest.raises(Refused) as refusal:
        verb(*facts)
    assert refusal.value.code == code
    assert found() == before
    return refusal.value.reason


def make(job: Job) -> None:
    JobLine._base_manager.filter(job=job).update(made_good=20)
    jobs.make_if_done(job, None)


def test_three_levels_without_a_ring_and_every_move_is_in_the_log(four, office):
    top, middle, leaf, other = four
    sub_jobs.put(middle, top, office)
    sub_jobs.put(leaf, middle, office)
    sub_jobs.put(leaf, middle, office)  # there already: nothing to tell
    assert tree() == {top.pk: None, middle.pk: top.pk, leaf.pk: middle.pk, other.pk: None}
    for child, parent in ((top, leaf), (top, middle), (top, top), (middle, leaf)):
        refused("levels" if parent == leaf else "cycle", sub_jobs.put, child, parent, office)
    assert "at most 3 levels" in refused("levels", sub_jobs.put, other, leaf, office)
    refused("levels", sub_jobs.put, top, other, office)
    sub_jobs.put(middle, other, office)  # with all that is part of it
    assert [(level, job.pk) for level, job in job_tree.below(other)] == [(1, middle.pk), (2, leaf.pk)]
    sub_jobs.take_out(leaf, office)
    refused("alone", sub_jobs.take_out, leaf, office)
    told = Activity.objects.filter(actor=office).order_by("pk").values_list("verb", "target_id", "details__job")
    assert list(told) == [
        ("put under", middle.pk, top.number), ("part added", top.pk, middle.number),
        ("put under", leaf.pk, middle.number), ("part added", middle.pk, leaf.number),
        ("part taken out", top.pk, middle.number),
        ("put under", middle.pk, other.number), ("part added", other.pk, middle.number),
        ("taken out of", leaf.pk, middle.number), ("part taken out", middle.pk, leaf.number),
    ]  # fmt: skip


def test_a_job_of_another_client_or_one_that_has_ended_takes_no_part(shop, four, office):
    top, middle, leaf, _other = four
    stranger = clients.register(Client(workspace=shop.workspace, name="Dube Pumps"), None)
    theirs = jobs.open_from(stranger, key="theirs", title="Feet", lines=[line(shop)], despite="x", by=None)
    assert "Dube Pumps" in refused("client", sub_jobs.put, leaf, theirs, office)
    Client.objects.filter(pk=stranger.pk).update(merged_into=shop.client, archived_at=timezone.now())
    Client.objects.filter(pk=shop.client.pk).update(takes_in=True)
    sub_jobs.put(leaf, theirs, office)  # one of the family
    sub_jobs.put(middle, top, office)
    for state in ("completed", "cancelled"):
        Job.objects.filter(pk=top.pk).update(state=state)
        for parent in (top, middle):  # the whole of the whole has ended
            assert top.number in refused("state", sub_jobs.put, leaf, parent, office)
        with pytest.raises(Refused, match=top.number):
            sub_jobs.open_new(middle, key="x", title="Feet", by=office)
        refused("state", sub_jobs.put, top, theirs, office)
    assert Job.objects.count() == 5


def test_the_whole_is_completed_after_its_parts_which_end_with_it_where_they_cost_nothing(shop, four, office):
    top, middle, leaf, _other = four
    free = sub_jobs.open_new(top, key="x", title="Feet", quantity=20, by=office)
    assert sub_jobs.open_new(top, key="x", title="Feet", quantity=20, by=office).pk == free.pk
    assert (free.parent, free.client, free.quoted_total, free.lines.get().description) == (top, top.client, 0, "Feet")
    sub_jobs.put(middle, top, office)
    sub_jobs.put(leaf, middle, office)
    for job in (top, middle, free):
        make(Job.objects.get(pk=job.pk))
    assert set(jobs.to_invoice()) == {top, middle}  # nothing of the free one
    assert [row.to_invoice for row in free.lines.all()] == [0]
    said = refused("parts", jobs.complete, top, office)
    assert said == f"{top} cannot be completed: {leaf} are still to be made."
    make(Job.objects.get(pk=leaf.pk))
    assert jobs.complete(top, office)
    ended = dict(Job.objects.values_list("pk", "state"))
    assert ended == {**ended, top.pk: "completed", free.pk: "completed", middle.pk: "made", leaf.pk: "made"}
    assert list(Activity.objects.filter(verb="completed").values_list("target_id", flat=True).order_by("pk")) == [
        top.pk, free.pk,
    ]  # fmt: skip


def test_cancelling_leaves_the_parts_and_says_which(four, office, log_in):
    top, middle, leaf, other = four
    for child in (middle, leaf):
        sub_jobs.put(child, top, office)
    jobs.cancel(leaf, office)
    desk, address = log_in(office), reverse("admin:production_job_verb", args=[top.pk, "cancel"])
    asked = desk.get(address).content.decode()
    assert (str(middle) in asked, str(leaf) in asked) == (True, False)
    page = desk.post(address, {"why": "too dear"}, follow=True).content.decode()
    assert f"Stays open: {middle}" in page
    assert dict(Job.objects.values_list("pk", "state")) == {
        top.pk: "cancelled", middle.pk: "approved", leaf.pk: "cancelled", other.pk: "approved",
    }  # fmt: skip
    line_of_log = Activity.objects.get(verb="cancelled", target_id=top.pk)
    assert line_of_log.details == {"why": "too dear", "stays open": middle.number}
    asked = desk.get(reverse("admin:production_job_verb", args=[other.pk, "cancel"])).content.decode()
    assert "Stays open" not in asked


@pytest.mark.every_database
def test_the_office_opens_finds_moves_and_sees_them(four, office, log_in, shop):
    top, middle, leaf, other = four
    desk = log_in(office)
    do = lambda job, verb, facts=None: desk.post(  # noqa: E731
        reverse("admin:production_job_verb", args=[job.pk, verb]), facts or {}
    )
    form = desk.get(reverse("admin:production_job_verb", args=[leaf.pk, "put-under"])).content.decode()
    assert (f'value="{top.pk}"' in form, f'value="{leaf.pk}"' in form) == (True, False)
    assert do(leaf, "put-under", {"parent": leaf.pk}).status_code == 200  # not to be chosen
    for child, parent in ((middle, top), (leaf, middle)):
        assert do(child, "put-under", {"parent": parent.pk}).status_code == 302
    template = job_templates.keep(other, "Brackets", office)
    new = reverse("admin:production_job_verb", args=[middle.pk, "sub-job"])
    asked = filled_form(desk.get(new).content.decode())
    assert desk.post(new, {**asked, "title": ""}).status_code == 200
    for _press in range(2):
        desk.post(new, {**asked, "template": template.pk, "title": "", "due_on": "2027-04-02"})
    opened = Job.objects.exclude(pk__in=[job.pk for job in four]).get()
    assert (opened.parent, opened.title, opened.quoted_total) == (middle, "Brackets", Decimal("910.00"))
    assert opened.milestones.exists()
    make(Job.objects.get(pk=top.pk))
    page = desk.get(reverse("admin:production_job_change", args=[top.pk]))
    rows = [(level, job.pk, job.percent) for level, job in page.context["parts"]]
    assert rows == [(1, middle.pk, 0), (2, leaf.pk, 0), (2, opened.pk, 0)]
    assert (page.context["first_due"], page.context["last_due"]) == (date(2027, 3, 11), date(2027, 4, 2))
    text = page.content.decode()
    assert "It can be completed when these are made too" in text
    for job in (middle, leaf, opened):
        assert reverse("admin:production_job_change", args=[job.pk]) in text
    below = desk.get(reverse("admin:production_job_change", args=[leaf.pk])).content.decode()
    for job in (top, middle):
        assert reverse("admin:production_job_change", args=[job.pk]) in below
    assert reverse("admin:production_job_verb", args=[leaf.pk, "sub-job"]) not in below  # the third level
    listed = lambda **asked: {  # noqa: E731
        row.pk for row in desk.get(reverse("admin:production_job_changelist"), asked).context["cl"].result_list
    }
    assert listed(tree="part") == {middle.pk, leaf.pk, opened.pk}
    assert listed(tree="whole") == {top.pk, middle.pk}
    assert listed(tree="alone") == {other.pk}
    assert listed(q=middle.number) == {middle.pk, leaf.pk, opened.pk}
    board = desk.get(reverse("admin:production_job_board")).content.decode()
    assert board.count(f">{middle.number}</a>") == 2  # on each of its parts
    assert do(leaf, "take-out").status_code == 302
    assert Job.objects.get(pk=leaf.pk).parent is None


def test_the_portal_shows_each_job_by_itself(four, shop, office, log_in):
    top, middle, _leaf, _other = four
    sub_jobs.put(middle, top, office)
    user = clients.invite(shop.contact, office)
    browser = log_in(user)
    for job, related in ((top, middle), (middle, top)):
        page = browser.get(reverse("portal:job", args=[job.pk]))
        assert page.status_code == 200
        assert (job.number in page.content.decode(), related.number in page.content.decode()) == (True, False)


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_a_tree(four, office, log_in, shop, rows, django_assert_num_queries):
    for child in four[1 : 1 + rows]:
        sub_jobs.put(child, four[0], office)
    desk, board = log_in(office), reverse("admin:production_job_board")
    page = reverse("admin:production_job_change", args=[four[0].pk])
    desk.get(page)
    with django_assert_num_queries(29):
        desk.get(page)
    with django_assert_num_queries(10):
        desk.get(board)
