"""Nests in the back office: chosen from the queue, shown, arranged by hand, taken away as files."""

import csv
import io
import json
import zipfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from production.dxf import measure
from production.models import Nest, NestingRules, NestSheet, Operation, clamps
from production.nests import deciding, problem, searching
from production.nests import layout as layouts
from production.tests.nest_ground import drawn, grid, laid, nested, ordered, plate

pytestmark = [pytest.mark.one_database, pytest.mark.usefixtures("scoped")]


@pytest.fixture
def door(log_in, office):
    return log_in(office)


@pytest.fixture
def ready(shop, office):
    """12 covers with a round hole and an engraved line, in four columns, on one sheet."""
    cover = drawn(shop, plate(300, 200, 60, slot=True), "cover.dxf")
    nest = nested(shop, ordered(shop, (cover, 12)), office)
    return laid(nest, grid(f"item:{shop.sheet.pk}", nest.parts.get(), 12, 4, 310))


def page(name, *arguments):
    return reverse(f"admin:production_nest_{name}", args=arguments)


def test_work_that_waits_is_chosen_and_searched(shop, door, run_work, first_layout):
    bracket = drawn(shop)
    first = ordered(shop, (bracket, 12)) + ordered(shop, (bracket, 8), key="b")
    text = door.get(page("plan")).content.decode()
    assert text.count('name="operation"') == 2
    answer = door.post(page("plan"), {"operation": [row.pk for row in first]})
    nest = Nest.objects.get()
    assert (answer["Location"], nest.state) == (page("change", nest.pk), "waiting")
    text = door.get(answer["Location"]).content.decode()
    assert 'hx-trigger="every 1s"' in text
    Nest.objects.update(seconds=1)
    run_work()
    fragment = door.get(page("sheets", nest.pk), {"seen": 1})
    assert fragment["HX-Refresh"] == "true"
    nest.refresh_from_db()
    assert door.get(page("sheets", nest.pk), {"seen": nest.version}).status_code == 204
    text = door.get(answer["Location"]).content.decode()
    assert "Sheet 1 of 1" in text
    assert "Arrange by hand" in text
    assert door.post(page("plan"), {}, follow=True).content.decode().count("Choose what is to be nested.") == 1


def test_the_picture_names_every_piece(door, ready):
    text = door.get(page("picture", ready.pk, 1)).content.decode()
    assert text.count('class="nest-part"') == 12
    assert text.count(">1</text>") == 12
    assert 'class="nest-remnant"' in text


def test_by_the_verbs_it_goes_into_the_queue_and_out(door, ready):
    for verb, state in (("approve", "approved"), ("take-back", "ready"), ("discard", "cancelled")):
        door.post(page("verb", ready.pk, verb))
        ready.refresh_from_db()
        assert ready.state == state


def test_a_drawing_is_added_by_hand(shop, door, ready):
    other = drawn(shop, name="other.dxf")
    door.post(page("verb", ready.pk, "add"), {"drawing": other.pk, "quantity": 7})
    assert list(ready.parts.values_list("description", "quantity")) == [("cover", 12), ("other", 7)]
    deciding.discard(ready, None)
    answer = door.post(page("verb", ready.pk, "add"), {"drawing": other.pk, "quantity": 7})
    assert (answer.status_code, ready.parts.count()) == (409, 2)


def test_moved_turned_and_locked_it_lies_where_it_was_put(door, ready):
    sheet = ready.sheets.get()
    places = [dict(place) for place in sheet.placements]
    # The last of the row turned by a quarter, about its own corner, and moved where it still fits.
    places[3] |= {"x_mm": 1200.0 + 200, "y_mm": 10.0, "angle_deg": 90.0, "locked": True}
    said = {"version": ready.version, "places": places}
    answer = door.post(page("arrange", ready.pk, 1), json.dumps(said), content_type="application/json")
    sheet.refresh_from_db()
    assert answer.json()["version"] == ready.version + 1
    moved = {"x_mm": 1400.0, "y_mm": 10.0, "angle_deg": 90.0, "locked": True}
    assert moved.items() <= sheet.placements[3].items()
    # The remnant follows: the turned piece reaches to 1400, and 5 mm of gap.
    assert sheet.remnant["rectangle"] == [1405.0, 0, 2450, 1225]
    again = door.post(page("arrange", ready.pk, 1), json.dumps(said), content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "stale")


@pytest.mark.parametrize(
    ("change", "places", "text"),
    [
        ({"x_mm": 300.0}, [0, 1], "Two parts lie on each other."),
        ({"x_mm": 313.0}, [0, 1], "Two parts are closer than the gap."),
        ({"y_mm": 1020.0}, [1], "It lies on the margin or outside the sheet."),
        ({"x_mm": 1800.0, "angle_deg": 33.0}, [1], "This part may not be turned that way."),
    ],
)
def test_what_may_not_lie_there_is_refused_with_its_pieces(door, ready, change, places, text):
    sheet = ready.sheets.get()
    wanted = [dict(place) for place in sheet.placements]
    wanted[1] |= change
    said = {"version": ready.version, "places": wanted}
    answer = door.post(page("arrange", ready.pk, 1), json.dumps(said), content_type="application/json")
    assert answer.status_code == 409
    assert (answer.json()["code"], answer.json()["places"]) == ("faults", places)
    assert text in answer.json()["texts"]
    assert ready.sheets.get().placements == sheet.placements


def test_clamps_are_said_once_drawn_and_kept_free(shop, door, ready, manager, log_in, run_work):
    boss = log_in(manager)
    add, rules = reverse("admin:production_nestingrules_add"), reverse("admin:production_nestingrules_changelist")
    said = {**{name: field.initial for name, field in boss.get(add).context["adminform"].form.fields.items()}}
    said = {name: value for name, value in said.items() if value not in (None, False)}
    wrong = boss.post(add, {**said, "clamps": "100, 0, 60\nhere"}).content.decode()
    assert "“100, 0, 60” is no clamp. Write for example 100, 0, 60, 40." in wrong
    assert NestingRules.objects.count() == 0
    boss.post(add, {**said, "clamps": "0, 0, 60, 40\n-60; 0; 60,5; 40"})
    assert boss.get(rules, follow=True).status_code == 200
    nest = nested(shop, ordered(shop, (drawn(shop), 4), key="clamped"), manager, seconds=1)
    assert nest.clamps == NestingRules.objects.get().clamps
    assert clamps.on_sheet(nest.clamps, 1000, 500)[1] == {"x_mm": 940, "y_mm": 0, "width_mm": 60.5, "height_mm": 40}
    searching.ask(nest, manager)
    run_work()
    boxes = [layouts.box_of(problem.Parts(nest), place) for place in nest.sheets.get().placements]
    assert len(boxes) == 4
    assert all(left > 59.99 or bottom > 39.99 for left, bottom, _right, _top in boxes)
    assert door.get(page("picture", nest.pk, 1)).content.decode().count('class="nest-clamp"') == 2
    # What lies well is refused once a clamp lies on it.
    Nest.objects.filter(pk=ready.pk).update(clamps="300, 0, 40, 40")
    places = [dict(place) for place in ready.sheets.get().placements]
    body = json.dumps({"version": ready.version, "places": places})
    told = door.post(page("arrange", ready.pk, 1), body, content_type="application/json").json()
    assert (told["places"], told["texts"]) == ([0, 1], ["It lies under a clamp."])


@pytest.mark.parametrize("said", ["x", "[]", "{}", '{"version": 1, "places": [1]}', '{"version": 0, "places": []}',
                                  '{"version": 0, "places": [{"x_mm": "NaN"}]}'])  # fmt: skip
def test_nonsense_is_refused_and_nothing_moves(door, ready, said):
    answer = door.post(page("arrange", ready.pk, 1), said, content_type="application/json")
    assert answer.status_code == 409


def test_without_a_script_a_form_does_the_same(door, ready):
    text = door.get(page("arrange", ready.pk, 1)).content.decode()
    assert text.count("data-index=") == 12
    said = {"version": ready.version, "index": 11, "x_mm": "1500", "y_mm": "600,5", "angle_deg": "", "locked": "on"}
    door.post(page("arrange", ready.pk, 1), said)
    moved = ready.sheets.get().placements[11]
    assert (moved["x_mm"], moved["y_mm"], moved["locked"]) == (1500.0, 600.5, True)


def test_a_locked_sheet_and_a_locked_piece_stay_when_it_is_searched_again(
    shop, door, ready, run_work, office, first_layout, monkeypatch
):
    door.post(page("lock", ready.pk, 1))
    locked = ready.sheets.get()
    assert locked.locked
    ready.parts.update(quantity=14)
    Nest.objects.update(seconds=1)
    ready.refresh_from_db()
    searching.ask(ready, office)
    run_work()
    sheets = list(ready.sheets.order_by("position"))
    assert (sheets[0].pk, len(sheets[0].placements), len(sheets[1].placements)) == (locked.pk, 12, 2)
    place = {"version": Nest.objects.get().version, "index": 0, "x_mm": "1000", "y_mm": "700", "locked": "on"}
    door.post(page("arrange", ready.pk, 2), place)
    ready.refresh_from_db()
    ready.parts.update(quantity=15)
    monkeypatch.setattr(searching, "SLICE_S", 3)  # the first layouts put nothing beside a locked piece
    searching.ask(ready, office)
    run_work()
    second = ready.sheets.get(position=2)
    fixed = [place for place in second.placements if place.get("locked")]
    assert [(place["x_mm"], place["y_mm"]) for place in fixed] == [(1000.0, 700.0)]
    assert sum(len(sheet.placements) for sheet in ready.sheets.all()) == 15


# --- files ------------------------------------------------------------------------------------------------------------


def read_again(content: bytes, tmp_path, **options):
    path = tmp_path / "out.dxf"
    path.write_bytes(content)
    return measure(path, **options)


def test_the_file_for_the_cutter_holds_everything_again(door, ready, tmp_path):
    sheet = ready.sheets.get()
    content = door.get(page("dxf", ready.pk, 1)).content
    assert b"INSERT" not in content
    found = read_again(content, tmp_path, cut_layers=["CUT_OUTER", "CUT_INNER"])
    assert found.cut_length_mm == pytest.approx(sheet.cut_length_mm, rel=1e-9)
    assert (found.pierces, found.outer_contours, found.units) == (24, 12, "mm")
    assert found.net_area_mm2 == pytest.approx(12 * ready.parts.get().area_mm2 - 12 * 900 * 3.14159265, rel=1e-6)
    marks = read_again(content, tmp_path, cut_layers=["MARK"])
    assert marks.cut_length_mm == pytest.approx(12 * 280)
    assert (marks.open_chains, read_again(content, tmp_path, cut_layers=["SHEET"]).cut_length_mm) == (12, 7350)


def test_layers_and_colours_are_the_shop_s(door, ready, workspace, tmp_path):
    door.post(reverse("admin:production_nestingrules_add"), {
        "gap_mm": 5, "margin_mm": 10, "turning": "quarters", "seconds": 60, "remnant_short_mm": 150,
        "remnant_long_mm": 300, "layer_outer": "A", "colour_outer": 1, "layer_inner": "B", "colour_inner": 2,
        "layer_mark": "C", "colour_mark": 3, "layer_sheet": "D", "colour_sheet": 4,
    })  # fmt: skip
    rules = NestingRules.objects.get()
    door.post(reverse("admin:production_nestingrules_verb", args=[rules.pk, "preset-l-cut"]))
    content = door.get(page("dxf", ready.pk, 1)).content
    found = {layer["name"] for layer in read_again(content, tmp_path, cut_layers=["L-CUT"]).layers}
    assert found == {"L-CUT", "L-ETCH-TEXT"}  # the sheet was not ticked


def test_everything_in_one_archive(door, ready, tmp_path):
    ready.workspace.name = "x"
    answer = door.get(page("file", ready.pk, "all"))
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    folder = f"{ready.number}/"
    assert [name.removeprefix(folder) for name in archive.namelist()] == [
        f"{ready.number}-sheet-1.dxf", "parts/01-cover.dxf", f"{ready.number}-sheets.pdf", f"{ready.number}-labels.pdf",
        f"{ready.number}-cut-list.csv", f"{ready.number}-cut-list.xlsx",
    ]  # fmt: skip
    part = read_again(archive.read(f"{folder}parts/01-cover.dxf"), tmp_path, cut_layers=["CUT_OUTER", "CUT_INNER"])
    assert (part.width_mm, part.height_mm, part.pierces) == (pytest.approx(300), pytest.approx(200), 2)
    for name in ("sheets", "labels"):
        assert archive.read(f"{folder}{ready.number}-{name}.pdf").startswith(b"%PDF-")
    rows = list(csv.reader(io.StringIO(archive.read(f"{folder}{ready.number}-cut-list.csv").decode("utf-8-sig"))))
    job = ready.parts.get().operation.job_line.job.number
    assert rows[1][:9] == ["1", "1", str(ready.sheets.get().item), "1", "cover", job, "", "12", "12"]
    assert door.get(page("file", ready.pk, "nothing")).status_code == 404


def test_no_price_leaves_the_house(door, ready):
    for kind in ("sheets", "list-csv"):
        assert b"1850" not in door.get(page("file", ready.pk, kind)).content


def test_a_list_of_three_costs_no_more_than_a_list_of_one(shop, office, door, ready, django_assert_num_queries):
    address = page("changelist")
    door.get(address)
    with CaptureQueriesContext(connection) as one:
        door.get(address)
    cover = ready.parts.get().design_file
    for key in ("b", "c"):
        nest = nested(shop, ordered(shop, (cover, 12), key=key), office)
        laid(nest, grid(f"item:{shop.sheet.pk}", nest.parts.get(), 12, 4, 310))
    with django_assert_num_queries(len(one)):
        assert door.get(address).content.decode().count("NS-") >= 3


def test_a_nest_costs_no_more_with_three_sheets(shop, office, door, ready, django_assert_num_queries):
    address = page("change", ready.pk)
    door.get(address)
    with CaptureQueriesContext(connection) as one:
        door.get(address)
    sheet = ready.sheets.get()
    for position in (2, 3):
        sheet.pk, sheet.position = None, position
        sheet.save(force_insert=True)
    assert NestSheet.objects.count() == 3
    with django_assert_num_queries(len(one)):
        door.get(address)


def test_an_enquiry_is_nested_for_its_price(shop, door):
    from production.tests.ground import new_enquiry

    enquiry = new_enquiry(shop)
    address = reverse("admin:production_enquiry_verb", args=[enquiry.pk, "nest"])
    door.post(address)
    assert Nest.objects.count() == 0
    enquiry.lines.create(workspace=shop.workspace, design_file=drawn(shop), item=shop.sheet, quantity=40)
    door.post(address)
    nest = Nest.objects.get()
    assert (nest.enquiry, nest.state, nest.seconds, Operation.objects.count()) == (enquiry, "waiting", 10, 0)
