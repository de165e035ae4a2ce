"""Mending through the verbs: a version beside the original, the enquiry pointing at it, and the way back."""

import pytest

from accounts.models import Activity, BackgroundTask
from laseros.core.errors import Refused
from production import drawings, enquiries, layer_rules, mending
from production.models import DesignFile, EnquiryLine, LayerRule, Measurement
from production.tests.dxf.drawings import circle, dxf, line, rectangle
from production.tests.ground import new_enquiry, upload

pytestmark = [pytest.mark.one_database, pytest.mark.usefixtures("scoped")]

# A plate with an edge drawn twice and a gap of 0.3 mm at a corner.
FLAWED = dxf(
    line(0, 0, 100, 0) + line(100, 0, 100, 60) + line(100, 60, 0, 60) + line(0, 60, 0, 0.3) + line(0, 0, 100, 0)
).encode()
PAIR = dxf(
    rectangle(0, 0, 50, 30) + circle(10, 10, 3) + rectangle(100, 0, 150, 30) + circle(110, 10, 3) + circle(0, 90, 20)
).encode()


@pytest.fixture
def enquiry(shop, office):
    return new_enquiry(shop, office)


@pytest.fixture
def given(shop, enquiry, office, run_work):
    def give(content, name="plate.dxf", quantity=4):
        row = drawings.receive(
            shop.workspace, upload(name, content), enquiry=enquiry, item=shop.sheet, quantity=quantity, by=office
        )
        run_work()
        row.refresh_from_db()
        assert row.state == "measured"
        return row

    return give


def lines():
    return [(row.design_file.name, row.quantity, row.description) for row in EnquiryLine.objects.order_by("position")]


def test_a_mended_version_stands_beside_the_original(given, office, run_work):
    row = given(FLAWED)
    mending.mend(row, office, "safe")
    assert run_work() == 2  # mended, then measured
    version = row.mended.get()
    assert (version.name, version.state, version.kind) == ("plate (mended).dxf", "measured", "dxf")
    assert [change["mend"] for change in version.mends] == ["duplicates", "gaps"]
    assert version.measurement.cut_length_mm == pytest.approx(320)
    assert version.measurement.findings["defects"] == []
    with row.content.open("rb") as stored:
        assert stored.read() == FLAWED
    assert lines() == [("plate (mended).dxf", 4, "plate")]
    assert Activity.objects.filter(verb="mended").get().target == version
    mending.use(row, office)
    assert lines() == [("plate.dxf", 4, "plate")]


def test_asking_twice_makes_one_version(given, office, run_work):
    row = given(FLAWED)
    mending.mend(row, office, "safe")
    mending.mend(row, office, "safe")
    assert BackgroundTask.objects.filter(state="waiting").count() == 1
    run_work()
    mending.use(row, office)
    mending.mend(row, office, "safe")
    run_work()
    mending.mend_file(row.pk, {"gaps_mm": 0.5, "tiny": True}, None)  # the queue delivers at least once
    assert row.mended.count() == 1
    assert lines() == [("plate (mended).dxf", 4, "plate")]


def test_one_mend_after_the_other(given, office, run_work):
    row = given(FLAWED)
    mending.mend(row, office, "duplicates")
    run_work()
    first = row.mended.get()
    assert (first.measurement.open_chains, first.measurement.findings["defect_counts"]) == (1, {"gap": 1})
    mending.mend(first, office, "gaps", gap_mm=1)
    run_work()
    second = first.mended.get()
    assert second.measurement.findings["defect_counts"] == {}
    assert mending.family_of(second) == [row, first, second]
    assert lines()[0][0] == second.name
    mending.use(first, office)
    assert EnquiryLine.objects.get().design_file == first


def test_scaled(given, office, run_work):
    row = given(FLAWED)
    mending.mend(row, office, "scale", factor=2.5)
    run_work()
    assert row.mended.get().measurement.width_mm == pytest.approx(250)


def test_split_into_parts_and_back(given, office, enquiry, run_work):
    row = given(PAIR, "two.dxf", quantity=3)
    given(FLAWED)
    mending.mend(row, office, "split")
    run_work()
    assert lines() == [
        ("two (part 1).dxf", 3, "two"),
        ("plate.dxf", 4, "plate"),
        ("two (part 2).dxf", 6, "two (part 2)"),
    ]
    part = EnquiryLine.objects.order_by("position").last().design_file
    assert (part.measurement.width_mm, part.measurement.pierces, part.measurement.outer_contours) == (50, 2, 1)
    assert EnquiryLine.objects.get(description="two (part 2)").item is not None
    mending.mend(part, office, "explode")  # a part can be mended on its own
    run_work()
    assert lines()[2][:2] == ("two (part 2) (mended).dxf", 6)
    mending.use(row, office)
    assert lines() == [("two.dxf", 3, "two"), ("plate.dxf", 4, "plate")]
    with pytest.raises(Refused) as refusal:
        mending.use(part, office)
    assert refusal.value.code == "part"


def test_equal_parts_become_one_line_of_many(given, office, run_work):
    row = given(dxf("".join(rectangle(60 * n, 0, 60 * n + 50, 30) for n in range(5))).encode(), "five.dxf", quantity=2)
    mending.mend(row, office, "split")
    run_work()
    assert lines() == [("five (part 1).dxf", 10, "five")]


def test_what_has_nothing_to_mend_says_so(given, office, run_work):
    row = given(dxf(rectangle(0, 0, 10, 10)).encode())
    mending.mend(row, office, "safe")
    run_work()
    task = mending.tasks_of(row).get()
    assert (task.state, task.error) == ("failed", "There is nothing to mend: the drawing would stay as it is.")
    assert (row.mended.count(), lines()[0][0]) == (0, "plate.dxf")


def test_refusals_change_nothing(given, office, enquiry, run_work):
    row = given(FLAWED)
    for what, fields, code in (
        ("magic", {}, "what"),
        ("gaps", {"gap_mm": 50}, "gap"),
        ("gaps", {"gap_mm": float("nan")}, "gap"),
        ("scale", {"factor": 0}, "factor"),
        ("scale", {"factor": float("inf")}, "factor"),
        ("scale", {"factor": 1}, "factor"),
    ):
        with pytest.raises(Refused) as refusal:
            mending.mend(row, office, what, **fields)
        assert refusal.value.code == code
    mending.mend(row, office, "safe")
    enquiries.lose(enquiry, office)
    run_work()
    assert (row.mended.count(), lines()[0][0]) == (0, "plate.dxf")
    with pytest.raises(Refused) as refusal:
        mending.use(row, office)
    assert refusal.value.code == "closed"
    with pytest.raises(Refused):
        mending.mend(row, office, "gaps")
    kept = DesignFile.objects.create(
        workspace=row.workspace, name="a.pdf", kind="pdf", size=1, sha256="x", state="kept"
    )
    with pytest.raises(Refused):
        mending.mend(kept, office, "safe")


def test_a_part_on_a_quote_is_not_taken_away(given, office, shop, run_work):
    from billing import quotes

    row = given(PAIR, "two.dxf")
    mending.mend(row, office, "split")
    run_work()
    quotes.draw_up(row.enquiry, office)
    before = lines()
    with pytest.raises(Refused) as refusal:
        mending.use(row, office)
    assert refusal.value.code == "quoted"
    assert lines() == before


# --- layers -----------------------------------------------------------------------------------------------------------

LAYERED = dxf(rectangle(0, 0, 100, 60, "OUTSIDE") + rectangle(20, 20, 40, 40, "X7")).encode()


def test_a_role_chosen_for_one_drawing(given, office, run_work):
    row = given(LAYERED)
    assert row.measurement.pierces == 2
    mending.choose_role(row, office, "X7", "engrave")
    run_work()
    found = Measurement.objects.get(design_file=row)
    assert (found.pierces, found.engrave_length_mm) == (1, 80)
    mending.choose_role(row, office, "X7", "ignore")
    run_work()
    found = Measurement.objects.get(design_file=row)
    assert (found.pierces, found.engrave_length_mm) == (1, 0)
    assert row.roles == [{"layer": "X7", "role": "ignore"}]
    assert not LayerRule.objects.exists()
    for layer, role in (("X7", "paint"), ("nope", "cut"), ("", "cut")):
        with pytest.raises(Refused):
            mending.choose_role(row, office, layer, role)


def test_a_rule_learned_from_a_drawing_is_used_by_the_next(given, office, enquiry, shop, run_work):
    row = given(LAYERED)
    mending.choose_role(row, office, "X7", "engrave", also="client")
    mending.choose_role(row, office, "X7", "engrave", also="client")
    run_work()
    rule = LayerRule.objects.get()
    assert (rule.client, rule.layer, rule.role) == (enquiry.client, "X7", "engrave")
    assert given(LAYERED + b"\n", "next.dxf").measurement.engrave_length_mm == 80
    mending.choose_role(row, office, "X7", "ignore", also="client")
    run_work()
    assert LayerRule.objects.get().role == "ignore"


def test_the_clients_rule_comes_before_everybodys(given, office, enquiry, shop):
    row = given(LAYERED)
    layer_rules.learn(shop.workspace, "X7", "bend", office)
    layer_rules.learn(shop.workspace, "x*", "cut", office)
    layer_rules.learn(shop.workspace, "X7", "engrave", office, client=enquiry.client)
    assert [(rule["layer"], rule["role"]) for rule in layer_rules.of(row)] == [
        ("X7", "engrave"), ("X7", "bend"), ("x*", "cut"),
    ]  # fmt: skip
    row.roles = [{"layer": "X7", "role": "ignore"}]
    assert layer_rules.of(row)[0]["role"] == "ignore"


def test_a_mended_version_is_taken_as_its_original_was(given, office, run_work):
    row = given(LAYERED)
    mending.choose_role(row, office, "X7", "engrave", also="")
    run_work()
    row.refresh_from_db()
    mending.mend(row, office, "explode")
    run_work()
    found = row.mended.get().measurement
    assert (found.pierces, found.engrave_length_mm, found.cut_length_mm) == (1, 80, 320)


def test_rules_of_another_business_are_not_used(given, office, shop, other_workspace):
    from django_scopes import scope

    with scope(workspace=other_workspace):
        layer_rules.learn(other_workspace, "X7", "ignore", None)
    row = given(LAYERED)
    assert row.measurement.pierces == 2
    assert layer_rules.of(row) == []
