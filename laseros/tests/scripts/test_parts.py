"""The table of an enquiry's parts: what one deed said does not stand beside the next one's refusal."""

import json

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

TABLE = """<section id="drawings" data-parts data-again="/again/">
<div id="parts-news" role="status"><p class="lo-parts-done">7 parts were changed.</p></div>
<form method="post" action="/parts/" data-parts-form><input type="hidden" name="csrfmiddlewaretoken" value="x">
<table><tbody><tr id="part-1" data-part="1"><td><input type="checkbox" name="part" value="1"></td>
<td><input name="quantity-1" aria-label="Quantity" data-column="quantity" value="3"></td></tr></tbody>
</table></form></section>"""


def test_what_was_done_before_goes_when_a_cell_is_refused(shop):
    page = shop.open(TABLE, scripts='<script defer src="{% static "js/parts.js" %}"></script>')
    shop.answers["/parts/"] = (422, json.dumps({"reason": "Not a number."}), {"Content-Type": "application/json"})
    expect(page.get_by_text("7 parts were changed.")).to_be_visible()
    page.get_by_label("Quantity").fill("many")
    page.get_by_label("Quantity").press("Tab")
    expect(page.get_by_text("Not a number.")).to_be_visible()
    expect(page.get_by_text("7 parts were changed.")).to_have_count(0)
