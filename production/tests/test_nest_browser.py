"""A sheet arranged by hand in a browser: what may not lie there is outlined in red, what may is stored."""

import pytest
from django_scopes import scope

from laseros.tests.browser import DESKTOP, chromium, house, tabs  # noqa: F401 (fixtures)
from production.tests.nest_ground import drawn, grid, laid, nested, ordered

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_piece_is_dragged_turned_and_stored(house, tabs, shop, workspace, office):  # noqa: F811
    with scope(workspace=workspace):
        nest = nested(shop, ordered(shop, (drawn(shop), 6)), office)
        laid(nest, grid(f"item:{shop.sheet.pk}", nest.parts.get(), 6, 6, 120))
    people = tabs(house("web"))
    people.expected = ("409",)  # the refusal
    page = people.come_in(people.open(DESKTOP), office.email)
    page.goto(f"/admin/production/nest/{nest.pk}/sheets/1/arrange/")
    bad = page.locator(".nest-part.is-bad")
    page.locator(".nest-part").first.focus()
    for _time in range(5):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    page.get_by_text("Two parts lie on each other.").wait_for()
    assert bad.count() == 2
    page.keyboard.press("Escape")
    assert bad.count() == 0
    box = page.locator(".nest-part").last.bounding_box()
    x, y = box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y - 60, steps=3)
    page.mouse.up()
    page.keyboard.press("r")
    page.keyboard.press("l")
    page.get_by_role("button", name="Store").click()
    page.get_by_text("Stored.").wait_for()
    with scope(workspace=workspace):
        moved = nest.sheets.get().placements[5]
    assert (moved["angle_deg"], moved["locked"]) == (90.0, True)
    # It lay at 610 and 10, and was turned about its own middle.
    assert (moved["x_mm"] > 750, moved["y_mm"] > 100) == (True, True)
