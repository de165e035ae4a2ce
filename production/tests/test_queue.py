import pytest
from django.utils import timezone

from accounts.models import Activity
from laseros.core.errors import Refused
from machines.models import Machine
from production import queue, runs
from production.tests.ground import new_job, operation_of

pytestmark = pytest.mark.usefixtures("scoped")


@pytest.fixture
def three(shop):
    return [operation_of(new_job(shop, key)) for key in "abc"]


def order(machine):
    return [operation.pk for operation in queue.waiting(machine)]


def test_the_last_comes_last_and_the_urgent_before_the_usual(shop, three):
    assert order(shop.laser) == [operation.pk for operation in three]
    urgent = operation_of(new_job(shop, "d", priority=4))
    high = operation_of(new_job(shop, "e", priority=3))
    assert order(shop.laser) == [urgent.pk, high.pk, *(operation.pk for operation in three)]


def test_put_in_order(shop, three, operator):
    a, b, c = (operation.pk for operation in three)
    queue.reorder(shop.laser, [c, a, b], operator)
    assert order(shop.laser) == [c, a, b]
    queue.reorder(shop.laser, [c, a, b], operator)
    assert Activity.objects.filter(verb="reordered").count() == 1


@pytest.mark.parametrize("wrong", [lambda a, b, c: [a, b], lambda a, b, c: [a, b, c, 9999], lambda a, b, c: [a, a, b]])
def test_an_order_seen_on_a_stale_page_is_refused(shop, three, operator, wrong):
    pks = [operation.pk for operation in three]
    with pytest.raises(Refused, match="has changed meanwhile") as refusal:
        queue.reorder(shop.laser, wrong(*pks), operator)
    assert refusal.value.code == "stale"
    assert order(shop.laser) == pks


def test_between_two_neighbours(shop, three, operator):
    a, b, c = three
    queue.place(c, operator, after=a.pk, before=b.pk)
    assert order(shop.laser) == [a.pk, c.pk, b.pk]
    queue.place(b, operator, after=None, before=a.pk)
    assert order(shop.laser) == [b.pk, a.pk, c.pk]
    queue.place(b, operator, after=c.pk, before=None)
    assert order(shop.laser) == [a.pk, c.pk, b.pk]


def test_neighbours_that_are_none_any_more(shop, three, operator):
    a, b, c = three
    queue.reorder(shop.laser, [b.pk, a.pk, c.pk], operator)
    for after, before in ((a.pk, b.pk), (None, a.pk), (b.pk, None), (9999, a.pk)):
        with pytest.raises(Refused, match="has changed meanwhile"):
            queue.place(c, operator, after=after, before=before)
    runs.start(a, shop.laser, operator)
    with pytest.raises(Refused):
        queue.place(a, operator, after=None, before=b.pk)
    assert order(shop.laser) == [b.pk, c.pk]


def test_up_and_down_stop_at_the_ends(shop, three, operator):
    a, b, c = three
    queue.shift(c, operator, up=True)
    assert order(shop.laser) == [a.pk, c.pk, b.pk]
    queue.shift(a, operator, up=True)
    assert order(shop.laser) == [a.pk, c.pk, b.pk]
    queue.shift(a, operator, up=False)
    assert order(shop.laser) == [c.pk, a.pk, b.pk]


def test_to_another_machine(shop, three, operator, workspace):
    other = Machine.objects.create(workspace=workspace, name="X4", kind="laser")
    queue.move(three[0], other, operator)
    assert (order(shop.laser), order(other)) == ([three[1].pk, three[2].pk], [three[0].pk])
    queue.move(three[1], other, operator)
    assert order(other) == [three[0].pk, three[1].pk]


def test_not_to_a_printer_nor_one_that_is_gone_nor_what_runs(shop, three, operator, workspace):
    printer = Machine.objects.create(workspace=workspace, name="P1", kind="printer")
    gone = Machine.objects.create(workspace=workspace, name="X0", kind="laser", archived_at=timezone.now())
    other = Machine.objects.create(workspace=workspace, name="X4", kind="laser")
    for machine in (printer, gone):
        with pytest.raises(Refused):
            queue.move(three[0], machine, operator)
    runs.start(three[0], shop.laser, operator)
    with pytest.raises(Refused, match="not waiting on X3"):
        queue.move(three[0], other, operator)
    three[0].refresh_from_db()
    assert three[0].machine == shop.laser


def test_more_urgent_goes_forward_and_less_urgent_back(shop, three, office):
    a, b, c = three
    queue.prioritise(c, 3, office)
    assert order(shop.laser) == [c.pk, a.pk, b.pk]
    queue.prioritise(a, 1, office)
    assert order(shop.laser) == [c.pk, b.pk, a.pk]
    with pytest.raises(Refused):
        queue.prioritise(a, 9, office)
