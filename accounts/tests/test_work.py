from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from django_scopes import get_scope

from accounts import work
from accounts.models import Activity, BackgroundTask
from laseros.core.errors import Refused

pytestmark = pytest.mark.usefixtures("scoped")
calls = []


@work.task("test: count")
def count(number):
    calls.append((number, get_scope()["workspace"].slug))


@work.task("test: stumble")
def stumble():
    raise OSError("the line is dead")


@work.task("test: refuse")
def refuse():
    raise Refused("This cannot be done.")


@pytest.fixture(autouse=True)
def _no_calls():
    calls.clear()


def state(row):
    return BackgroundTask.objects.values_list("state", "tries", "error").get(pk=row.pk)


def test_a_task_runs_once_in_its_workspace_even_when_delivered_twice(workspace):
    row = work.queue(count, workspace, 7)
    work.perform(row.pk)
    work.perform(row.pk)
    assert calls == [(7, "cutters")]
    assert state(row) == ("done", 1, "")


def test_a_failure_is_tried_again_and_then_given_up_visibly(workspace, office):
    row = work.queue(stumble, workspace, subject="plate.dxf")
    for _attempt in range(work.TRIES - 1):
        work.perform(row.pk)
        assert state(row)[0] == "waiting"
    work.perform(row.pk)
    assert state(row) == ("failed", work.TRIES, "OSError: the line is dead")
    assert Activity.objects.filter(verb="gave up").count() == 1
    row.refresh_from_db()
    work.retry(row, office)
    assert state(row) == ("waiting", 0, "")


def test_a_refusal_is_not_tried_again(workspace):
    row = work.queue(refuse, workspace)
    work.perform(row.pk)
    assert state(row) == ("failed", 1, "This cannot be done.")


def test_a_task_whose_worker_died_is_taken_over(workspace):
    row = work.queue(count, workspace, 1)
    BackgroundTask.objects.filter(pk=row.pk).update(state="running", tries=1)
    work.perform(row.pk)
    assert state(row) == ("done", 2, "")


@pytest.mark.parametrize(
    ("tries", "minutes", "found", "then"),
    [(0, 3, 0, "waiting"), (0, 5, 1, "waiting"), (1, 5, 1, "waiting"), (work.TRIES, 5, 1, "failed")],
    ids=["not yet", "never begun", "lost with its worker", "lost too often"],
)
def test_lost_work_is_handed_over_again(workspace, tries, minutes, found, then):
    row = work.queue(count, workspace, 1)
    ago = timezone.now() - timedelta(minutes=minutes)
    BackgroundTask.objects.update(tries=tries, queued_at=ago, started_at=ago if tries else None)
    assert work.hand_over_lost() == found
    assert state(row)[0] == then


def test_what_waits_in_a_long_queue_is_not_lost(workspace):
    from django_q.tasks import async_task

    work.queue(count, workspace, 1)
    BackgroundTask.objects.update(queued_at=timezone.now() - timedelta(hours=1))
    async_task("accounts.work.perform", 0)
    assert work.hand_over_lost() == 0


@pytest.mark.django_db(transaction=True)
def test_nothing_is_handed_over_when_the_transaction_is_rolled_back(workspace):
    from django_q.models import OrmQ

    with pytest.raises(RuntimeError, match="stop"), transaction.atomic():
        work.queue(count, workspace, 1)
        raise RuntimeError("stop")
    assert (BackgroundTask.objects.count(), OrmQ.objects.count()) == (0, 0)
