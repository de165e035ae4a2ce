"""The viewer in a browser: zoom, measuring with snap, layers, marks and their list."""

from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from laseros.tests.browser import PATIENCE, chromium  # noqa: F401 (fixture)
from production.dxf.viewer import svg
from production.tests.dxf.drawings import circle, dxf, line, measured_text, rectangle

pytestmark = pytest.mark.browser

STATIC = Path(settings.BASE_DIR) / "laseros" / "static"
AT = """([x, y]) => { const seen = document.querySelector("svg.dxf-viewer").getScreenCTM();
                     const place = new DOMPoint(x, y).matrixTransform(seen); return [place.x, place.y]; }"""


@pytest.fixture
def page(chromium, tmp_path):  # noqa: F811
    text = rectangle(0, 0, 120, 80, "CUT") + circle(40, 40, 8, "CUT") + line(10, 70, 30, 70, "FRAME")
    marker = {"number": 3, "x_mm": 100, "y_mm": 60, "severity": "warn", "text": "Here"}
    picture = svg(measured_text(dxf(text), tmp_path).as_dict(), [marker], "Plate")
    body = render_to_string("components/drawing_viewer.html", {"svg": mark_safe(picture), "name": "Plate"})
    beside = '<ol><li data-defect="3"><a href="#defect-3">3</a></li></ol>'
    beside += '<input type="checkbox" data-viewer-layer="1" hidden>'
    page = chromium.new_page(viewport={"width": 1000, "height": 800})
    page.set_default_timeout(PATIENCE * 1000)
    page.set_content(f"<!doctype html><html lang=en><body>{body}{beside}</body></html>")
    page.add_style_tag(path=STATIC / "css" / "drawing_viewer.css")
    page.add_script_tag(path=STATIC / "js" / "drawing-viewer.js")
    yield page
    page.close()


def view_box(page):
    return [float(number) for number in page.locator("svg.dxf-viewer").get_attribute("viewBox").split()]


def test_looking_closely(page):
    home = view_box(page)
    page.mouse.move(*page.evaluate(AT, [40, 40]))
    page.mouse.wheel(0, -300)
    near = view_box(page)
    assert near[2] == pytest.approx(home[2] / 1.4918, rel=1e-3)
    assert near[0] < 40 < near[0] + near[2]
    page.locator("svg.dxf-viewer").focus()
    page.keyboard.press("ArrowRight")
    assert view_box(page)[0] == pytest.approx(near[0] + near[2] / 8)
    page.keyboard.press("0")
    assert view_box(page) == home

    page.get_by_role("button", name="Measure").click()
    said = page.locator("[data-said]")
    assert said.inner_text() == "Choose the first point"
    for x, y in ((41, 39), (119.2, 79.4)):  # beside the middle of the hole, and beside a corner
        page.mouse.click(*page.evaluate(AT, [x, y]))
    assert said.inner_text() == "89.44 mm (80.00 across, 40.00 up)"
    page.get_by_role("button", name="Measure").click()
    assert said.inner_text() == ""

    page.locator("#defect-3").click()
    assert page.locator("li.is-chosen").get_attribute("data-defect") == "3"
    page.get_by_role("link", name="3").click()
    x, y, width, height = view_box(page)
    assert (x + width / 2, y + height / 2) == (pytest.approx(100), pytest.approx(20))

    frame = page.locator('[data-layer="1"]')
    assert frame.get_attribute("display") == "none"
    page.locator("[data-viewer-layer]").check()
    assert frame.get_attribute("display") == "inline"
