"""One watcher per machine, whatever happens to the watchers."""

from datetime import timedelta

import pytest
from django.utils import timezone

from laseros.tests.processes import run_together
from machines import leases
from machines.models import Machine, MachineStatus, WatcherSeat


@pytest.fixture
def three(scoped):
    return [Machine.objects.create(workspace=scoped, name=f"M{n}", driver="simulator").pk for n in range(3)]


def held(owner: str, **how) -> list[int]:
    return [machine.pk for machine in leases.round_of(owner, **how)]


def test_the_first_to_look_holds_them(three):
    assert held("a") == three
    assert held("a") == three


def test_who_joins_gets_a_fair_part_one_machine_a_round(scoped):
    pks = [Machine.objects.create(workspace=scoped, name=f"M{n}", driver="simulator").pk for n in range(5)]
    assert held("a") == pks
    MachineStatus.objects.create(workspace=scoped, machine_id=pks[4], current="running")
    assert held("b") == []
    for left in (4, 3):  # five for two: three and two
        watched = held("a")
        assert len(watched) == left
        assert pks[4] in watched  # at work: it stays where it is
        assert Machine.objects.filter(lease_owner="a").count() == left + 1  # held until its link is closed
        leases.release("a", set(pks) - set(watched))
    assert len(held("b")) == 2
    for _round in range(3):
        assert (len(held("a")), len(held("b"))) == (3, 2)
    leases.release("b")  # it leaves in good order
    assert held("a") == pks


def test_who_is_gone_without_a_word_leaves_a_part_after_ten_seconds(three):
    held("a")
    held("b")
    assert len(held("a")) == 2
    WatcherSeat.objects.filter(owner="b").update(until=timezone.now() - timedelta(seconds=1))
    assert held("a") == three


def test_what_one_does_not_want_is_the_others(scoped):
    for n in range(7):
        Machine.objects.create(workspace=scoped, name=f"M{n}", driver="simulator")
    assert len(held("a", most=1)) == 1
    assert len(held("b")) == 6
    held("c")
    now = timezone.now()
    assert [leases.part_of(owner, now) for owner in "abc"] == [1, 3, 3]


def test_a_watcher_takes_no_more_than_it_wants(three):
    assert held("a", most=2) == three[:2]
    assert held("b") == three[2:]
    assert held("a", most=2) == three[:2]


def test_a_dead_watchers_machines_are_taken_over(three):
    held("a")
    Machine.objects.filter(pk=three[1]).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert held("b") == [three[1]]
    assert held("a") == [three[0], three[2]]  # it notices that one is lost, and leaves it alone


def test_a_lease_that_ran_out_and_nobody_took_is_renewed(three):
    held("a")
    Machine.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert leases.renew("a", timezone.now()) == 3
    assert held("b") == []


def test_the_slower_of_two_gets_nothing(three):
    """Both saw them free; the claim itself looks again."""
    now = timezone.now()
    assert leases.claim("a", now) == 3
    assert leases.claim("b", now) == 0


def test_what_is_given_back_is_free_at_once(three):
    held("a")
    assert leases.release("a", three[:1]) == 1
    assert held("b") == three[:1]
    assert leases.release("a") == 2
    assert leases.release("b") == 1


def test_archived_machines_and_those_worked_by_hand_are_not_watched(three, scoped):
    held("a")
    Machine.objects.filter(pk=three[0]).update(archived_at=timezone.now())
    Machine.objects.filter(pk=three[1]).update(driver="manual")
    assert held("a") == [three[2]]
    assert leases.unwatched(three) == {three[0], three[1]}
    scoped.is_active = False
    scoped.save()
    assert held("a") == []


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_four_watchers_at_once_share_without_overlap(scoped):
    machines = {Machine.objects.create(workspace=scoped, name=f"M{n}", driver="simulator").pk for n in range(12)}
    answers = run_together("machines.tests.at_once:claim_all", [(f"w{n}",) for n in range(4)])
    assert sorted(pk for answer in answers for pk in answer) == sorted(machines)
