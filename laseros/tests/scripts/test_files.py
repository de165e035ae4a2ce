"""What the script of uploads promises, in Chromium: each file with its own end."""

import json

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


ZONE = """<form method="post" enctype="multipart/form-data" action="/files/">
<div class="dropzone" data-dropzone data-max-mb="1">
<label class="dropzone-target" for="files">Drop drawings here</label>
<input type="file" id="files" name="drawing" accept=".dxf,.svg" multiple></div>
<button data-dropzone-fallback>Upload</button></form>"""
ZONE_SCRIPT = '<script defer src="{% static "js/dropzone.js" %}"></script>'


def file(name, size=10):
    return {"name": name, "mimeType": "application/octet-stream", "buffer": b"0" * size}


def test_files_go_up_one_by_one_each_with_its_own_end(shop):
    page = shop.open(ZONE, scripts=ZONE_SCRIPT)
    bodies = []

    def answer(request):
        body = (request.post_data_buffer or b"").decode()
        bodies.append(body)
        if "bad.dxf" in body:
            return 422, json.dumps({"reason": "This is not a drawing."}), {"Content-Type": "application/json"}
        return 200, json.dumps({"text": "12 parts"}), {"Content-Type": "application/json"}

    shop.answers["/files/"] = answer
    expect(page.get_by_role("button", name="Upload", exact=True)).to_be_hidden()
    page.get_by_label("Drop drawings here").set_input_files(
        [file("good.dxf"), file("bad.dxf"), file("huge.dxf", 1024 * 1024 + 1), file("photo.png"), file("empty.svg", 0)]
    )
    rows = page.locator(".dropzone-file")
    expect(rows).to_have_count(5)
    expect(rows.nth(0)).to_contain_text("12 parts")
    expect(rows.nth(1)).to_contain_text("This is not a drawing.")
    expect(rows.nth(2)).to_contain_text("at most 1 MB")
    expect(rows.nth(3)).to_contain_text("not a kind we can use: .dxf, .svg")
    expect(rows.nth(4)).to_contain_text("empty")
    assert len(bodies) == 2
    assert all('name="drawing"' in body for body in bodies)


def test_a_lost_upload_can_be_tried_again(shop):
    page = shop.open(ZONE, scripts=ZONE_SCRIPT)
    shop.answers["/files/"] = lambda request: None
    page.get_by_label("Drop drawings here").set_input_files([file("part.dxf")])
    row = page.locator(".dropzone-file")
    expect(row).to_contain_text("connection lost")
    shop.answers["/files/"] = (200, "", {})
    row.get_by_role("button", name="Try part.dxf again").click()
    expect(row).to_contain_text("uploaded")


ASKED = """<form method="post">
<div><div><label for="file">File</label><input type="file" id="file" name="file"></div></div>
<label for="account">Account</label><input type="text" id="account" name="account" value="Giro"></form>"""
# As the theme does it.
NAMES = """() => {
  const input = document.querySelector("input[type=file]");
  if (!input.hasChangeListener) input.addEventListener("change", ({ target }) => target.parentNode.parentNode.parentNode
    .querySelector("input[type=text]").setAttribute("value", target.files[0].name));
}"""


def test_the_name_of_a_file_is_no_answer_to_another_question(shop):
    """The theme writes it into the first text field it finds: an account would be called like the file."""
    page = shop.open(ASKED, scripts='<script defer src="{% static "js/admin.js" %}"></script>')
    page.evaluate(NAMES)
    page.get_by_label("File").set_input_files([file("statement.xml")])
    expect(page.get_by_label("Account")).to_have_value("Giro")
