"""Commands: one in flight, once per key, never sent again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Activity
from laseros.core.drivers import Ack
from laseros.core.errors import Refused
from machines import commands, telemetry
from machines.models import Command, Machine
from machines.signals import command_answered

JOB = {"job_key": "run-1", "job_name": "Bracket", "seconds": 60, "quantity": 4}


@pytest.fixture
def laser(scoped):
    return Machine.objects.create(workspace=scoped, name="X3", driver="simulator")


def states():
    return list(Command.objects.order_by("id").values_list("name", "state"))


def test_asking(laser, operator):
    command = commands.request(laser, "start", JOB, key="run-1:start", by=operator)
    assert (command.state, command.name, command.arguments, command.by) == ("requested", "start", JOB, operator)
    line = Activity.objects.get(verb="commanded")
    assert (line.target_label, line.actor, line.details) == ("X3", operator, {"command": "start"})


def test_the_same_key_is_the_same_command(laser, operator):
    first = commands.request(laser, "start", JOB, key="run-1:start", by=operator)
    commands.take(first)
    commands.answered(first, Ack(True))
    again = commands.request(laser, "start", JOB, key="run-1:start", by=operator)
    assert (again.pk, again.state) == (first.pk, "acknowledged")
    assert states() == [("start", "acknowledged")]
    assert Activity.objects.filter(verb="commanded").count() == 1


def test_a_key_means_one_thing(laser, operator):
    commands.request(laser, "start", JOB, key="k", by=operator)
    with pytest.raises(Refused) as refusal:
        commands.request(laser, "stop", key="k", by=operator)
    assert refusal.value.code == "key"
    assert states() == [("start", "requested")]


def test_one_in_flight(laser, operator):
    first = commands.request(laser, "start", JOB, key="k1", by=operator)
    for _state in ("requested", "sent"):
        with pytest.raises(Refused) as refusal:
            commands.request(laser, "stop", key="k2", by=operator)
        assert refusal.value.code == "busy"
        commands.take(first)
    commands.answered(first, Ack(False, "the door is open"))
    commands.request(laser, "stop", key="k2", by=operator)
    assert states() == [("start", "refused"), ("stop", "requested")]
    assert Command.objects.get(name="start").reason == "the door is open"


@pytest.mark.parametrize(("driver", "name"), [("manual", "start"), ("simulator", "dance"), ("steam", "start")])
def test_only_what_the_machine_can(scoped, operator, driver, name):
    machine = Machine.objects.create(workspace=scoped, name="M", driver=driver)
    assert not commands.can(machine, name)
    with pytest.raises(Refused) as refusal:
        commands.request(machine, name, key="k", by=operator)
    assert refusal.value.code == "not_capable"
    assert (states(), Activity.objects.count()) == ([], 0)


def test_an_archived_machine_can_nothing(laser):
    assert commands.can(laser, "start")
    laser.archived_at = timezone.now()
    assert not commands.can(laser, "start")


def test_nothing_is_asked_of_a_machine_out_of_reach(laser, operator):
    telemetry.offline(laser, "no route")
    with pytest.raises(Refused) as refusal:
        commands.request(laser, "start", JOB, key="k", by=operator)
    assert (refusal.value.code, states()) == ("offline", [])


def test_a_command_is_taken_by_one(laser, operator):
    command = commands.request(laser, "start", JOB, key="k", by=operator)
    [one], [other] = commands.waiting([laser.pk]), commands.waiting([laser.pk])
    assert commands.take(one)
    assert not commands.take(other)
    assert commands.waiting([laser.pk]) == []
    assert command.pk == one.pk


@pytest.mark.parametrize(
    ("taken", "after", "state"),
    [(False, 21, "timed_out"), (False, 19, "requested"), (True, 31, "timed_out"), (True, 29, "sent")],
)
def test_what_is_not_answered_in_time_is_over_and_never_sent_again(laser, operator, taken, after, state):
    command = commands.request(laser, "start", JOB, key="k", by=operator)
    if taken:
        commands.take(command)
    for late in commands.overdue([laser.pk], command.created_at + timedelta(seconds=after)):
        commands.unanswered(late)
    assert states() == [("start", state)]
    if state == "timed_out":
        assert commands.waiting([laser.pk]) == []
        assert not commands.answered(command, Ack(True))  # too late
        assert states() == [("start", "timed_out")]


def test_without_a_watcher_the_next_command_clears_the_way(laser, operator):
    old = commands.request(laser, "start", JOB, key="k1", by=operator)
    Command.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(minutes=1))
    commands.request(laser, "stop", key="k2", by=operator)
    assert states() == [("start", "timed_out"), ("stop", "requested")]


def test_other_rooms_hear_the_answer(laser, operator, django_capture_on_commit_callbacks):
    heard = []

    def listen(command, **said):
        heard.append((command.key, command.state, command.reason))

    command_answered.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            command = commands.request(laser, "start", JOB, key="k", by=operator)
            commands.take(command)
            commands.answered(command, Ack(False, "the door is open"))
    finally:
        command_answered.disconnect(listen)
    assert heard == [("k", "refused", "the door is open")]
