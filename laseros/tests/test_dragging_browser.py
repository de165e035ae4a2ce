"""What is drawn to its place, in a browser: cards of the board, milestones of a template, work in a queue.

Each by the mouse, and by the keyboard for those who do not drag.
"""

import pytest
from django.urls import reverse
from django_scopes import scope
from playwright.sync_api import Locator, Page, expect

from laseros.tests.browser import DESKTOP, chromium, house, tabs  # noqa: F401 (fixtures)
from laseros.tests.ground import stock_shop
from production.models import MilestoneTemplate, Operation
from production.tests.ground import new_job

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(house, tabs, make_workspace, person):  # noqa: F811
    """The manager at a desk, with a stocked shop."""
    workspace = make_workspace("cutters")
    manager = person("manager", workspace)
    with scope(workspace=workspace):
        shop = stock_shop(workspace)
    people = tabs(house("web"))
    page = people.come_in(people.open(DESKTOP), manager.email)
    page.shop = shop
    return page


def draw(page: Page, handle: Locator, onto: Locator) -> None:
    """Pressed, moved in steps as a hand does, let go at the upper edge of what it is drawn onto."""
    handle.scroll_into_view_if_needed()
    start, end = handle.bounding_box(), onto.bounding_box()
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2 - 8, steps=3)
    page.mouse.move(start["x"] + start["width"] / 2, end["y"] + 8, steps=12)
    for above in range(7, 1, -1):  # what made room is looked at anew with each move, once it is drawn
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        page.mouse.move(end["x"] + end["width"] / 2, end["y"] + above)
    page.mouse.up()


def test_a_job_is_moved_on_the_board(desk):
    page, shop = desk, desk.shop
    new_job(shop)
    with scope(workspace=shop.workspace):
        names = list(MilestoneTemplate.objects.get().milestones.values_list("name", flat=True))
    page.goto(reverse("admin:production_job_board"))
    card = page.locator(".jobs-card")
    where = page.locator(".jobs-column", has=card)
    before = names.index(where.get_attribute("data-column"))
    wanted = names[before + 2]
    draw(page, card, page.locator(f'.jobs-column[data-column="{wanted}"]'))
    expect(page.get_by_text("was moved.")).to_be_visible()
    expect(where).to_have_attribute("data-column", wanted)

    # A column there is no way to takes no card: nothing is posted.
    draw(page, card, page.locator(f'.jobs-column[data-column="{names[before]}"]'))
    expect(where).to_have_attribute("data-column", wanted)

    # By the keyboard: the menu on the card, and the button of the next column in it.
    menu = card.locator("summary")
    menu.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(card.locator("button").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("was moved.")).to_be_visible()
    expect(where).to_have_attribute("data-column", names[before + 3])


def test_milestones_of_a_template_are_put_in_order(desk):
    page, shop = desk, desk.shop
    with scope(workspace=shop.workspace):
        template = MilestoneTemplate.objects.get()
        template.milestones.filter(position__gt=3).delete()
        first, second, third = template.milestones.values_list("name", flat=True)

    def stored() -> list[str]:
        with scope(workspace=shop.workspace):
            return list(template.milestones.order_by("position").values_list("name", flat=True))

    def save() -> None:
        page.get_by_role("button", name="Save and continue editing").click()
        expect(page.get_by_text("was changed successfully")).to_be_visible()

    page.goto(reverse("admin:production_milestonetemplate_change", args=[template.pk]))
    rows = page.locator("table[data-ordering-field] tbody.form-group:not(.empty-form)")
    draw(page, rows.nth(2).get_by_text("drag_indicator"), rows.nth(0))
    expect(rows.nth(0).locator("input[name$='-name']")).to_have_value(third)
    save()
    assert stored() == [third, first, second]
    rows.nth(2).get_by_role("button", name="Move up").focus()
    page.keyboard.press("Enter")
    save()
    assert stored() == [third, second, first]


def test_work_in_a_queue_is_put_in_order(desk):
    page, shop = desk, desk.shop
    for number in range(3):
        new_job(shop, key=f"job {number}")

    def stored() -> list[int]:
        with scope(workspace=shop.workspace):
            return list(Operation.objects.order_by("position").values_list("pk", flat=True))

    first, second, third = stored()
    page.goto(reverse("floor:queue"))
    rows = page.locator("#queue [data-id]")
    expect(rows).to_have_count(3)
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        draw(page, rows.nth(2).locator("[data-handle]"), rows.nth(0))
    expect(rows.first).to_have_attribute("data-id", str(third))
    assert stored() == [third, first, second]
    page.locator(f"#up-{second}").focus()
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.keyboard.press("Enter")
    expect(rows.nth(1)).to_have_attribute("data-id", str(second))
    expect(page.locator(f"#up-{second}")).to_be_focused()
    assert stored() == [third, second, first]


TWO_ANSWERS = """([id, spent]) => {
  const queue = document.getElementById("queue"), button = document.getElementById(id);
  const tell = (name) => document.body.dispatchEvent(new CustomEvent(name, {
    detail: { target: queue, xhr: { status: 200, responseURL: "" }, requestConfig: {} },
  }));
  button.focus();
  tell("htmx:beforeSwap");
  button.blur();  // what the first answer took away
  button.disabled = spent;
  tell("htmx:beforeSwap");
  tell("htmx:afterSettle");
  return document.activeElement.id;
}"""


def test_the_focus_comes_back_when_the_bell_meets_the_answer(desk):
    page, shop = desk, desk.shop
    for number in range(2):
        new_job(shop, key=f"job {number}")
    with scope(workspace=shop.workspace):
        last = Operation.objects.order_by("position").last()
    page.goto(reverse("floor:queue"))
    first = Operation._base_manager.exclude(pk=last.pk).get().pk
    assert page.evaluate(TWO_ANSWERS, [f"up-{last.pk}", False]) == f"up-{last.pk}"
    assert page.evaluate(TWO_ANSWERS, [f"down-{first}", False]) == f"down-{first}"
    page.evaluate("document.querySelectorAll('#queue button').forEach((button) => { button.disabled = false; })")
    assert page.evaluate(TWO_ANSWERS, [f"down-{last.pk}", True]) == f"up-{last.pk}"
