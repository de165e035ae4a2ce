"""Milestones: planned from a template, reached by events and by hand, each once, and taken back."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from django_scopes import scope

from accounts import activity
from accounts.models import Activity
from billing import invoices
from inventory import ledger
from laseros.core.errors import Refused
from production import jobs, milestone_events, milestone_plan, milestones, runs, undoing
from production.models import Event, Job, Milestone, MilestoneTemplate, TemplateMilestone
from production.signals import milestone_reached
from production.tests.ground import line, new_enquiry, new_job, operation_of

pytestmark = pytest.mark.usefixtures("scoped")


def template(workspace, *rows, name="Bent parts", **fields) -> MilestoneTemplate:
    """A template of (name, event, days before) rows."""
    made = MilestoneTemplate.objects.create(workspace=workspace, name=name, **fields)
    for position, (name, event, days) in enumerate(rows, start=1):
        TemplateMilestone.objects.create(
            workspace=workspace, template=made, position=position, name=name, event=event, days_before=days
        )
    return made


@pytest.fixture
def three(workspace):
    return template(workspace, ("Deburred", "", 2), ("Packed", "", 1), ("Ready", "", 0))


@pytest.fixture
def job(shop, three):
    return new_job(shop, template=three, due_on=timezone.localdate() + timedelta(days=14))


def standing(job) -> list[tuple[str, str]]:
    return list(job.milestones.values_list("name", "state"))


def states(job) -> dict[str, str]:
    return dict(job.milestones.exclude(event="").values_list("event", "state"))


def said(job) -> list[tuple[str, str]]:
    rows = activity.of(job).filter(verb__in=("reached", "skipped", "undone", "reopened"))
    return [(row.verb, row.details["milestone"]) for row in rows.order_by("id")]


def refused(code: str, verb, job, *args, **kwargs) -> str:
    """The verb is refused, and nothing has changed."""
    before = standing(job), Activity.objects.count(), Job.objects.get(pk=job.pk).version
    with pytest.raises(Refused) as refusal:
        verb(*args, **kwargs)
    assert refusal.value.code == code
    assert (standing(job), Activity.objects.count(), Job.objects.get(pk=job.pk).version) == before
    return str(refusal.value.reason)


# --- templates --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "name", "first"),
    [("en", "Standard", "Order and drawings approved"), ("de", "Standard", "Auftrag und Zeichnungen freigegeben")],
)
def test_a_new_business_has_milestones_in_its_language(make_workspace, language, name, first):
    workspace = make_workspace("fresh", language=language)
    with scope(workspace=workspace):
        standard = milestone_plan.standard(workspace)
        assert (standard.name, standard.milestones.count(), standard.milestones.first().name) == (name, 7, first)


def test_a_job_gets_the_standard_ones_planned_back_from_its_day(shop):
    job = new_job(shop, due_on=date(2030, 6, 14))  # a Friday
    Job.objects.filter(pk=job.pk).update(approved_at=timezone.now())
    planned = dict(job.milestones.values_list("event", "planned_on"))
    assert planned["approved"] is None
    assert planned["material"] == date(2030, 6, 10)
    assert planned["started"] == date(2030, 6, 11)
    assert (planned["made"], planned["delivered"]) == (date(2030, 6, 13), date(2030, 6, 14))


def test_over_a_weekend_and_never_before_the_order(shop):
    assert [day_before(shop, date(2030, 6, 17), days) for days in (0, 1, 3)] == [
        date(2030, 6, 17), date(2030, 6, 14), date(2030, 6, 12),
    ]  # fmt: skip
    today = timezone.localdate()
    assert day_before(shop, today + timedelta(days=1), 9) == today


def day_before(shop, due_on, days):
    return milestone_plan.day_for(Job(workspace=shop.workspace, due_on=due_on, approved_at=timezone.now()), days)


def test_the_enquiry_says_which_ones(shop, office, three):
    enquiry = new_enquiry(shop, office)
    enquiry.milestones = three
    enquiry.save()
    assert [name for name, _state in standing(new_job(shop, enquiry=enquiry))] == ["Deburred", "Packed", "Ready"]


def test_one_standard_and_it_is_in_use(workspace, three, manager):
    milestone_plan.make_standard(three, manager)
    assert list(MilestoneTemplate.objects.filter(is_standard=True)) == [three]
    old = MilestoneTemplate.objects.get(is_standard=False)
    MilestoneTemplate.objects.filter(pk=old.pk).update(archived_at=timezone.now())
    old.refresh_from_db()
    with pytest.raises(Refused):
        milestone_plan.make_standard(old, manager)
    assert milestone_plan.standard(workspace) == three


def test_what_is_changed_in_a_template_changes_no_job(job, three):
    three.milestones.all().delete()
    assert [name for name, _state in standing(job)] == ["Deburred", "Packed", "Ready"]


def test_other_milestones_keep_what_was_reached(shop, job, workspace, office):
    milestones.reach(job.milestones.first(), office)
    other = template(workspace, ("Deburred", "", None), ("Started", "started", None), ("Painted", "", 1), name="Paint")
    runs.start(operation_of(job), shop.laser, office)
    milestone_events.follow_by(job, other, office)
    assert standing(job) == [("Deburred", "reached"), ("Started", "reached"), ("Painted", "open")]


def test_the_due_day_moves_the_plan_but_not_what_was_typed(job, office):
    typed = job.milestones.get(name="Packed")
    typed.planned_on = date(2031, 1, 2)
    milestones.change(job, [typed], [], office)
    job.due_on = date(2030, 6, 14)
    job.save()
    milestones.replan(job)
    assert dict(job.milestones.values_list("name", "planned_on")) == {
        "Deburred": date(2030, 6, 12), "Packed": date(2031, 1, 2), "Ready": date(2030, 6, 14),
    }  # fmt: skip


def test_what_was_reached_is_not_taken_out(job, office):
    first = job.milestones.first()
    milestones.reach(first, office)
    refused("reached", milestones.change, job, job, [], [first], office)


# --- events -----------------------------------------------------------------------------------------------------------


def test_work_moves_them_by_itself_each_once(shop, operator, office):
    job = new_job(shop, by=office)
    assert states(job) == {
        "approved": "reached", "material": "reached", "started": "open", "made": "open", "delivered": "open",
    }  # fmt: skip
    run = runs.start(operation_of(job), shop.laser, operator)
    assert states(job)["started"] == "reached"
    runs.finish(run, good=12, scrap=0, by=operator)
    assert states(job)["made"] == "open"
    runs.finish(runs.start(operation_of(job), shop.laser, operator), good=8, scrap=0, by=operator)
    assert states(job)["made"] == "reached"
    assert [name for verb, name in said(job)] == [
        "Order and drawings approved", "Material in", "In production", "All pieces made",
    ]  # fmt: skip
    row = job.milestones.get(event="made")
    assert (row.by, row.by_event, row.at is not None) == (operator, True, True)


def test_a_count_taken_back_opens_it_again(shop, operator):
    job = new_job(shop)
    run = runs.finish(runs.start(operation_of(job), shop.laser, operator), good=20, scrap=0, by=operator)
    assert states(job)["made"] == "reached"
    run = undoing.undo(run, times=0, by=operator)
    assert states(job)["made"] == "open"
    assert said(job)[-1] == ("reopened", "All pieces made")
    runs.finish(run, good=20, scrap=0, by=operator)
    assert states(job)["made"] == "reached"


def test_material_that_comes_in_is_heard(shop, office, django_capture_on_commit_callbacks):
    job = new_job(shop, lines=[line(shop, material_each=Decimal(2))], despite="it waits")  # 40 sheets, 10 are there
    assert states(job)["material"] == "open"
    ledger.post(shop.sheet, 30, "purchase", key="first", by=office)
    jobs.prepare(job, office)
    assert states(job)["material"] == "reached"
    milestones.undo(job.milestones.get(event="material"), times=0, by=office, why="it was taken for another job")
    ledger.make_room(shop.sheet, Decimal(15), office)
    ledger.post(shop.sheet, -15, "usage", key="elsewhere", by=office)
    with django_capture_on_commit_callbacks(execute=True):
        ledger.post(shop.sheet, 14, "purchase", key="second", by=office)
    assert states(job)["material"] == "open"  # one is still missing
    with django_capture_on_commit_callbacks(execute=True):
        ledger.post(shop.sheet, 1, "purchase", key="third", by=office)
    assert states(job)["material"] == "reached"


def test_the_first_run_says_that_the_material_is_there(shop, operator):
    job = new_job(shop, lines=[line(shop, material_each=Decimal(2))], despite="it waits")
    runs.start(operation_of(job), shop.laser, operator)
    assert (states(job)["material"], states(job)["started"]) == ("reached", "reached")


def test_an_invoice_of_everything_moves_one(shop, workspace, operator, office):
    followed = template(workspace, ("Billed", "invoiced", None), name="Billed")
    job = new_job(shop, template=followed)
    runs.finish(runs.start(operation_of(job), shop.laser, operator), good=20, scrap=0, by=operator)
    assert standing(job) == [("Billed", "open")]
    invoice = invoices.issue(invoices.draft_from(job, office), office)
    assert standing(job) == [("Billed", "reached")]
    invoices.cancel(invoice, office, "sent to the wrong address")
    assert standing(job) == [("Billed", "open")]


def test_a_refused_start_reaches_nothing(shop, operator, office):
    job = new_job(shop)
    jobs.hold(job, office)
    before = states(job)
    with pytest.raises(Refused):
        runs.start(operation_of(job), shop.laser, operator)
    assert states(job) == before


# --- by hand ----------------------------------------------------------------------------------------------------------


def test_the_next_one_is_reached_once_by_a_person(job, operator, django_capture_on_commit_callbacks):
    heard = []

    def hear(sender, milestone, **kwargs):
        heard.append(milestone.name)

    milestone_reached.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            first = milestones.reach(job.milestones.first(), operator, note=" sharp  edges ")
            milestones.reach(first, operator, note="again")
    finally:
        milestone_reached.disconnect(hear)
    assert standing(job) == [("Deburred", "reached"), ("Packed", "open"), ("Ready", "open")]
    row = job.milestones.first()
    assert (row.by, row.note, row.by_event) == (operator, "sharp edges", False)
    assert said(job) == [("reached", "Deburred")]
    assert heard == ["Deburred"]


def test_a_later_one_is_not_reached_over_the_head_of_the_next(job, operator):
    words = refused("before", milestones.reach, job, job.milestones.last(), operator)
    assert words == "“Deburred” comes before “Ready”."


@pytest.mark.parametrize("verb", [jobs.hold, jobs.cancel])
def test_of_a_job_that_stands_still_nothing_is_moved(job, office, verb):
    verb(job, office)
    refused("state", milestones.reach, job, job.milestones.first(), office)
    refused("state", milestones.skip, job, job.milestones.first(), office)


def test_skipped_is_not_reached_and_the_next_one_is_open(job, manager, operator):
    milestones.skip(job.milestones.first(), manager, why="no edges")
    milestones.reach(job.milestones.get(name="Packed"), operator)
    assert standing(job) == [("Deburred", "skipped"), ("Packed", "reached"), ("Ready", "open")]
    refused("stale", milestones.reach, job, job.milestones.first(), operator)


def test_taken_back_within_a_minute_by_anybody_later_with_a_reason(job, operator, manager):
    row = milestones.reach(job.milestones.first(), operator)
    milestones.undo(row, times=0, by=operator)
    milestones.undo(row, times=0, by=operator)  # pressed twice
    assert (standing(job)[0], said(job)) == (("Deburred", "open"), [("reached", "Deburred"), ("undone", "Deburred")])
    row = milestones.reach(row, operator)
    refused("stale", milestones.undo, job, row, times=0, by=operator)  # an old page
    Milestone.objects.filter(pk=row.pk).update(at=timezone.now() - timedelta(seconds=70))
    refused("too-late", milestones.undo, job, row, times=1, by=operator, why="  ")
    milestones.undo(row, times=1, by=manager, why="wrong job")
    assert (standing(job)[0], Activity.objects.order_by("-id")[0].details["why"]) == (("Deburred", "open"), "wrong job")


def test_a_card_drawn_over_the_board_brings_the_job_there(job, operator):
    milestones.advance(job.milestones.last(), operator, may_skip=False)
    assert standing(job) == [("Deburred", "reached"), ("Packed", "reached"), ("Ready", "open")]
    refused("passed", milestones.advance, job, job.milestones.first(), operator, may_skip=True)


def test_a_card_in_the_last_column_has_reached_everything(job, operator):
    milestones.advance(job.milestones.last(), operator, may_skip=False, beyond=True)
    assert [state for _name, state in standing(job)] == ["reached"] * 3


def test_what_an_event_reaches_is_not_drawn_over(shop, workspace, operator, manager):
    followed = template(workspace, ("Made", "made", None), ("Packed", "", None), name="Made first")
    job = new_job(shop, template=followed)
    words = refused("event", milestones.advance, job, job.milestones.last(), operator, may_skip=False)
    assert words == "“Made” is reached when all pieces are made."
    milestones.advance(job.milestones.last(), manager, may_skip=True)
    assert standing(job) == [("Made", "skipped"), ("Packed", "open")]


def test_behind_before_it_is_late(job):
    assert list(milestones.behind()) == []
    job.milestones.filter(name="Packed").update(planned_on=timezone.localdate() - timedelta(days=1))
    assert list(milestones.behind()) == [job]
    Job.objects.filter(pk=job.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    assert list(milestones.behind()) == []  # late, and said so elsewhere


def test_another_business_has_its_own(shop, other_workspace, office):
    with scope(workspace=other_workspace):
        assert MilestoneTemplate.objects.count() == 1
        assert Event.APPROVED in MilestoneTemplate.objects.get().milestones.values_list("event", flat=True)
