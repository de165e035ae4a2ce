"""A machine's queue on the floor: put in order, narrowed, asked about by many tablets."""

import re

import pytest
from django.urls import reverse
from django_scopes import scope

from machines.models import Machine
from production import jobs, queue, runs
from production.tests.ground import new_job, operation_of, order
from production.tests.pages import HTMX, text_of


@pytest.mark.every_database
def test_the_queue_is_put_in_order_by_dropping_and_by_buttons(tablet, shop):
    a, b, c = (operation_of(new_job(shop, key)).pk for key in "abc")
    address = reverse("floor:order", args=[shop.laser.pk])
    response = tablet.post(address, {"item": c, "after": "", "before": a}, **HTMX)
    assert text_of(response).startswith('<ol id="queue"')
    assert order(shop) == [c, a, b]
    response = tablet.post(reverse("floor:shift", args=[b]), {"move": "up"}, **HTMX)
    assert f'id="up-{b}"' in text_of(response)
    assert order(shop) == [c, b, a]
    assert tablet.post(reverse("floor:shift", args=[c]), {"move": "down"}).url == reverse("floor:queue")
    assert order(shop) == [b, c, a]


@pytest.mark.parametrize("where", [{"after": "", "before": ""}, {"after": "77777", "before": ""}, {"after": "x"}, {}])
def test_a_drop_on_a_page_that_is_out_of_date(tablet, shop, where):
    pks = [operation_of(new_job(shop, key)).pk for key in "abc"]
    response = tablet.post(reverse("floor:order", args=[shop.laser.pk]), {"item": pks[1], **where}, **HTMX)
    assert response.status_code == 409
    assert "The queue has changed meanwhile" in text_of(response)
    assert order(shop) == pks


def test_narrowed_the_queue_cannot_be_dragged(tablet, shop):
    new_job(shop, "a")
    new_job(shop, "b", priority=4)
    address = reverse("floor:queue")
    assert "data-sortable" in text_of(tablet.get(address))
    page = text_of(tablet.get(address, {"priority": "4"}))
    assert page.count('class="queue-item') == 1
    assert "data-sortable" not in page
    assert text_of(tablet.get(address, {"material": shop.material.pk})).count('class="queue-item') == 2
    assert "Nothing like that is waiting" in text_of(tablet.get(address, {"text": "flange"}))
    for nonsense in ({"priority": "99"}, {"material": "999"}, {"text": "'; DROP TABLE"}):
        assert tablet.get(address, nonsense).status_code == 200


@pytest.mark.parametrize("text", ["{number}", "{lower}", "https://shop.example/floor/operations/{pk}/", "brack"])
def test_scanned_or_typed(tablet, operation, text):
    number = operation.job_line.job.number
    text = text.format(number=number, lower=number.lower(), pk=operation.pk)
    assert tablet.get(reverse("floor:find"), {"q": text}).url == reverse("floor:operation", args=[operation.pk])


@pytest.mark.parametrize(
    "text", ["", "JB-0000", "/floor/operations/x/", "/floor/operations/99999999999999999999/", "  "]
)
def test_scanned_in_vain(tablet, operation, text):
    response = tablet.get(reverse("floor:find"), {"q": text}, follow=True)
    assert response.status_code == 200
    assert "is in a queue" in text_of(response)


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_the_queue(tablet, shop, rows, django_assert_num_queries):
    for key in range(rows):
        new_job(shop, str(key))
    tablet.get(reverse("floor:queue"))
    # session, person, membership (4) · machine · run · last one over · my clock · others · queue · materials
    with django_assert_num_queries(11):
        page = tablet.get(reverse("floor:queue"))
    assert page.content.decode().count('class="queue-item') == rows


def test_the_page_asks_whether_its_queue_is_still_the_same(tablet, shop, workspace, operator):
    """Another tablet's order, new work and a run that began or ended elsewhere: all of it within seconds."""
    first, second = operation_of(new_job(shop, "a")), operation_of(new_job(shop, "b"))
    address = reverse("floor:queue_list", args=[shop.laser.pk])

    def seen(response) -> str:
        return re.search(r'data-seen="(\w+)"', response.content.decode()).group(1)

    now = seen(tablet.get(reverse("floor:queue")))
    assert tablet.get(address, {"seen": now, "run": ""}).status_code == 204
    with scope(workspace=workspace):
        queue.shift(second, operator, up=True)
    moved = tablet.get(address, {"seen": now, "run": ""})
    assert (moved.status_code, "HX-Trigger" in moved.headers) == (200, False)
    assert seen(moved) != now
    with scope(workspace=workspace):
        run = runs.start(first, shop.laser, operator)
    started = tablet.get(address, {"seen": seen(moved), "run": ""})
    assert started.headers["HX-Trigger"] == "run-changed"
    assert tablet.get(address, {"seen": seen(started), "run": run.pk}).status_code == 204
    with scope(workspace=workspace):
        runs.finish(run, good=20, scrap=0, by=operator)
    assert tablet.get(address, {"seen": seen(started), "run": run.pk}).headers["HX-Trigger"] == "run-changed"


def test_nothing_new_is_said_at_once(tablet, shop, django_assert_num_queries):
    """Many tablets ask when the bell rings, or every five seconds without one: none of them reads the queue."""
    new_job(shop, "a")
    with scope(workspace=shop.workspace):
        version = Machine.objects.get().queue_version
    page = tablet.get(reverse("floor:queue")).content.decode()
    assert f'"version": "{version}"' in page
    assert "every 5s" not in page
    address = reverse("floor:queue_list", args=[shop.laser.pk])
    with django_assert_num_queries(5):  # session, person, membership (4) · machine
        assert tablet.get(address, {"version": version}).status_code == 204
    assert tablet.get(address, {"version": version - 1}).status_code == 200


def test_whatever_changes_the_queue_rings(shop, operator, office, workspace, django_capture_on_commit_callbacks):
    first, second = operation_of(new_job(shop, "a")), operation_of(new_job(shop, "b"))
    job = first.job_line.job
    with scope(workspace=workspace):
        other = Machine.objects.create(workspace=workspace, name="X4", kind="laser")
        run = []
        deeds = {
            "new work": lambda: new_job(shop, "c"),
            "order": lambda: queue.shift(second, operator, up=True),
            "urgent": lambda: queue.prioritise(second, 4, operator),
            "elsewhere": lambda: queue.move(second, other, operator),
            "hold": lambda: jobs.hold(job, office),
            "on again": lambda: jobs.resume(job, office),
            "started": lambda: run.append(runs.start(first, shop.laser, operator)),
            "finished": lambda: runs.finish(run[0], good=3, scrap=0, by=operator),
            "cancelled": lambda: jobs.cancel(job, office),
        }
        silent = []
        for name, deed in deeds.items():
            before = Machine.objects.get(pk=shop.laser.pk).queue_version
            with django_capture_on_commit_callbacks(execute=True):
                deed()
            if Machine.objects.get(pk=shop.laser.pk).queue_version == before:
                silent.append(name)
    assert silent == []


def test_narrowed_it_asks_in_the_same_words(tablet, shop):
    new_job(shop, "a")
    page = tablet.get(reverse("floor:queue_list", args=[shop.laser.pk]), {"text": "Brack", "seen": "old", "run": "7"})
    assert f'hx-get="{reverse("floor:queue_list", args=[shop.laser.pk])}?text=Brack"' in page.content.decode()
