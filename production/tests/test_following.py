"""Steps of a recipe follow each other: on the floor, by hand, and as the shop says."""

from decimal import Decimal

import pytest
from django.urls import reverse

from laseros.core.errors import Refused
from production import following, jobs, nests, products, recipes, runs
from production.models import Component, JobLine, Operation, Product, Run, Step
from production.tests.ground import new_job

pytestmark = pytest.mark.usefixtures("scoped")


def ordered(shop, office, starts: str = "flow", quantity: int = 10):
    """Ten brackets: engraved by the laser after it has cut them, folded by hand at the end."""
    bracket = products.register(
        Product(workspace=shop.workspace, name="Bracket", material=shop.material, item=shop.sheet), office
    )
    steps = [Step(name="Cut", kind="laser", seconds=30), Step(name="Engrave", kind="laser", seconds=10, starts=starts),
             Step(name="Fold", kind="hand", seconds=60)]  # fmt: skip
    recipes.write_down(bracket, [Component(item=shop.sheet, amount=Decimal("0.01"))], steps, office)
    return new_job(
        shop, lines=[{"description": "Bracket", "quantity": quantity, "unit_price": Decimal(9), "product": bracket}]
    )


def work(job, step: str) -> Operation:
    return Operation.objects.select_related("job_line", "machine").get(
        job_line__job=job, job_line__description__endswith=step
    )


def made(job) -> list[int]:
    return list(job.lines.order_by("pk").values_list("made_good", flat=True))


def make(operation, office, good: int):
    run = runs.start(operation, operation.machine, office)
    return runs.finish(run, good=good, scrap=0, by=office)


def test_a_step_makes_what_the_one_before_has_made(shop, office):
    job = ordered(shop, office)
    cut, engrave = work(job, "Cut"), work(job, "Engrave")
    assert following.turn_of(cut) is None
    assert following.turn_of(engrave) == following.Turn(0, 0, ("Bracket: Cut",))
    with pytest.raises(Refused) as refusal:
        runs.start(engrave, engrave.machine, office)
    assert (refusal.value.code, str(refusal.value)) == ("before", "“Bracket: Engrave” waits for Bracket: Cut.")
    assert (Run.objects.count(), work(job, "Engrave").state) == (0, "queued")
    make(cut, office, 4)
    assert following.turn_of(work(job, "Engrave")) == following.Turn(4, 4, ("Bracket: Cut",))
    run = runs.start(engrave, engrave.machine, office)
    assert (run.quantity, run.estimated_seconds) == (4, 40)
    runs.finish(run, good=3, scrap=1, by=office)
    assert following.turn_of(work(job, "Engrave")) == following.Turn(4, 1, ("Bracket: Cut",))
    jobs.made_by_hand(job, office)
    assert made(job) == [3, 4, 3, 3]
    make(work(job, "Cut"), office, 6)
    assert following.turn_of(work(job, "Engrave")) is None


@pytest.mark.parametrize(("starts", "room"), [("all", 0), ("any", None)])
def test_the_shop_says_when_a_step_may_start(shop, office, starts, room):
    job = ordered(shop, office, starts)
    make(work(job, "Cut"), office, 9)
    turn = following.turn_of(work(job, "Engrave"))
    assert (turn and turn.room) == room
    make(work(job, "Cut"), office, 1)
    assert following.turn_of(work(job, "Engrave")) is None


def test_by_hand_nothing_is_done_before_its_turn(shop, office):
    job = ordered(shop, office)
    with pytest.raises(Refused) as refusal:
        jobs.made_by_hand(job, office)
    assert (refusal.value.code, made(job)) == ("before", [0, 0, 0, 0])


def test_the_first_step_of_an_assembly_follows_its_parts(shop, office):
    job = ordered(shop, office)
    frame = products.register(Product(workspace=shop.workspace, name="Frame"), office)
    part = Product.objects.get(name="Bracket")
    recipes.write_down(frame, [Component(part=part, amount=Decimal(2))],
                       [Step(name="Weld", kind="hand"), Step(name="Paint", kind="hand")], office)  # fmt: skip
    job = new_job(shop, key="quote:2", lines=[
        {"description": "Frame", "quantity": 3, "unit_price": Decimal(9), "product": frame}])  # fmt: skip
    make(work(job, "Cut"), office, 5)
    make(work(job, "Engrave"), office, 5)
    jobs.made_by_hand(job, office)
    found = dict(JobLine.objects.filter(job=job).values_list("description", "made_good"))
    assert found == {"Frame": 2, "Frame: Weld": 2, "Frame: Paint": 2, "Bracket": 5, "Bracket: Cut": 5,
                     "Bracket: Engrave": 5, "Bracket: Fold": 5}  # fmt: skip


def test_what_waits_is_not_nested_yet(shop, office):
    job = ordered(shop, office)
    with pytest.raises(Refused) as refusal:
        nests.making.from_operations([work(job, "Engrave")], office)
    assert refusal.value.code == "before"


def test_the_floor_says_what_a_step_waits_for(shop, office, operator, log_in):
    job = ordered(shop, office)
    cut, engrave = work(job, "Cut"), work(job, "Engrave")
    client = log_in(operator)
    client.post(reverse("floor:machines"), {"machine": shop.laser.pk})
    page = client.get(reverse("floor:queue")).content.decode()
    assert "waits for Bracket: Cut" in page
    assert (f'id="start-{cut.pk}"' in page, f'id="start-{engrave.pk}"' in page) == (True, False)
    make(cut, office, 4)
    page = client.get(reverse("floor:operation", args=[engrave.pk])).content.decode()
    assert "4 can be made now, the rest waits for Bracket: Cut" in page
    assert reverse("floor:start", args=[engrave.pk]) in page
