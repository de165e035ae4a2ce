"""Checks where people touch them: on the floor, in the back office, on the job sheet; never before a client."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from laseros.tests.permissions_doors import filled_form
from production import recipes, runs, work_order
from production.models import LineCheck, NonConformance, Product, ProductCheck, Step
from production.quality import checking, deciding, planning, report
from production.tests.ground import line, new_job, operation_of
from production.tests.test_milestone_pages import camera
from production.tests.test_quality import measured, say

pytestmark = [pytest.mark.usefixtures("scoped"), pytest.mark.one_database]


@pytest.fixture
def work(shop, office, operator):
    """(job, operation, run) with a measure, a yes or no that may be left out, and a photograph."""
    job = new_job(shop, by=office)
    operation = operation_of(job)
    measured(operation.job_line)
    planning.add(operation.job_line, LineCheck(name="Nice", kind="yes_no", is_required=False), None)
    planning.add(operation.job_line, LineCheck(name="Shown", kind="photo", how_often="once"), None)
    return job, operation, runs.start(operation, shop.laser, operator)


def opened(browser, name, *args, **asked) -> str:
    return browser.get(reverse(name, args=args), asked).content.decode()


def test_an_operator_checks_and_decides_and_a_manager_lets_pass(work, log_in, operator, manager, client):
    job, operation, run = work
    size, _nice, shown = operation.job_line.checks.all()
    log_in(operator)
    text = opened(client, "floor:operation", operation.pk)
    assert "20 ± 0,1 mm" in text
    assert text.count("0 of 1 done") == 3
    assert "Checks need the network" in text
    said = {"seen": 0, "operation": operation.pk}
    answer = client.post(reverse("floor:check", args=[size.pk]), {**said, "value": "20,3"}, follow=True)
    found = NonConformance.objects.get()
    text = answer.content.decode()
    assert f"“Hole” is not good. Say what becomes of the piece: {found.number}." in text
    assert "Use as it is" not in text
    assert "20,3 mm" in text
    decide = reverse("floor:decide_fault", args=[found.pk])
    assert client.post(decide, {"how": "accept", "why": "x"}).status_code == 403
    assert client.post(decide, {"how": "melt"}).status_code == 404
    finish = reverse("floor:finish", args=[run.pk])
    for name, args in (("floor:queue", ()), ("floor:finish", (run.pk,))):
        page = opened(client, name, *args)
        assert "Pieces of this run are not good" in page, name
        assert f'href="{reverse("floor:operation", args=[operation.pk])}#checks"' in page, name
    answer = client.post(finish, {"good": 19, "scrap": 1, "reason": "Other"}, follow=True)
    assert answer.redirect_chain == [(f"{reverse('floor:operation', args=[operation.pk])}#checks", 302)]
    assert f"Say first what becomes of the pieces of {found.number}" in answer.content.decode()
    text = answer.content.decode()
    assert "Pieces of this run are not good" in text[text.index('id="checks"') :]  # where the page is opened
    answer = client.post(reverse("floor:all_good", args=[run.pk]), headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"].endswith(f"/{operation.pk}/#checks")
    assert client.post(decide, {"how": "scrap", "pieces": 2}).status_code == 302
    assert "2 checks are to be done before these pieces count as good" in opened(client, "floor:queue")
    text = opened(client, "floor:finish", run.pk)
    assert "2 checks are to be done" in text
    assert 'value="18"' in text
    assert '<option value="Wrong size" selected>' in text
    assert client.post(reverse("floor:check", args=[size.pk]), {**said, "value": "twenty"}).status_code == 409
    client.post(reverse("floor:check", args=[size.pk]), {**said, "seen": 1, "value": "20"})
    undo = reverse("floor:undo_check", args=[size.results.last().pk])
    assert undo in opened(client, "floor:operation", operation.pk)
    client.post(reverse("floor:check", args=[shown.pk]), {**said, "photo": camera()})
    with shown.results.get().photo.open("rb") as kept:
        assert b"SECRETPHONE" not in kept.read()
    bent = {"reason": "surface", "pieces": 3, "note": "bent", "operation": operation.pk, "photo": camera()}
    client.post(reverse("floor:report_fault", args=[operation.job_line_id]), bent)
    second = NonConformance.objects.first()
    assert client.get(reverse("floor:fault_photo", args=[second.pk])).headers["Content-Type"] == "image/jpeg"
    client.logout()
    log_in(manager)
    assert "Use as it is" in opened(client, "floor:operation", operation.pk)
    client.post(reverse("floor:decide_fault", args=[second.pk]), {"how": "accept", "why": "inside"})
    answer = client.post(finish, {"good": 18, "scrap": 2, "reason": "Wrong size"}, follow=True)
    assert "18 good, 2 scrap. 2 short" in answer.content.decode()
    page = opened(client, "admin:production_job_change", job.pk)
    for words in (found.number, second.number, "Hole", "20 ± 0,1 mm", "inside", "bent"):
        assert words in page, words


def test_the_office_adds_and_lists_and_reports(work, log_in, office, operator, django_assert_num_queries):
    job, operation, _run = work
    client, now = log_in(office), timezone.now()
    address = reverse("admin:production_job_verb", args=[job.pk, "check"])
    asked = {
        "line": operation.job_line_id,
        "name": "Flat",
        "unit": "mm",
        "kind": "measure",
        "how_often": "every",
        "is_required": "on",
    }
    answer = client.post(address, asked)
    assert answer.status_code == 200
    assert {"nominal", "every"} <= set(answer.context["form"].errors)
    assert client.post(address, {**asked, "maximum": "0.4", "every": 5}).status_code == 302
    flat = LineCheck.objects.get(name="Flat")
    assert "at most 0,4 mm" in opened(client, "admin:production_linecheck_change", flat.pk)
    with django_assert_num_queries(8):
        assert client.get(reverse("admin:production_nonconformance_changelist")).status_code == 200
    for number, (reason, how) in enumerate((("size", "scrap"), ("size", "rework"), ("burr", ""), ("other", "same"))):
        found = deciding.report(
            operation.job_line, operation, reason=reason, pieces=number + 1, note="bent", by=operator
        )
        if how:
            deciding.decide(found, how, operator)
    with django_assert_num_queries(8):
        assert "NC-" in opened(client, "admin:production_nonconformance_changelist", q="bent")
    rows = {row.label: (row.records, row.pieces) for row in report.over(30, "reason")}
    none = {"open": 0, "rework": 0, "scrapped": 0, "accepted": 0}
    assert rows == {
        "Wrong size": (2, {**none, "scrapped": 1, "rework": 2}),
        "Burr or dross": (1, {**none, "open": 3}),
    }
    assert [(row.label, row.total) for row in report.over(90, "machine")] == [("X3", 6)]
    assert [row.label for row in report.over(90, "product")] == ["Bracket"]
    assert [row.label for row in report.over(90, "month")] == [f"{timezone.localdate(now):%Y-%m}"]
    assert sum(sum(bar.pieces.values()) for bar in report.by_time(365)) == 6
    NonConformance.objects.filter(reason="size").update(found_at=now - timedelta(days=31))
    assert [row.label for row in report.over(30, "reason")] == ["Burr or dross"]
    page = opened(client, "admin:production_nonconformance_report", days=90, by="item")
    assert "INV-MS-3MM-001" in page
    assert 'class="lo-bar-scrapped"' in page
    file = client.get(reverse("admin:production_nonconformance_report_export", args=["csv"]), {"by": "reason"})
    assert "Wrong size,2,3,0,2,1,0" in file.content.decode("utf-8-sig")


def test_papers_for_the_shop_have_boxes_and_clients_see_nothing(work, shop, log_in, operator, office):
    job, operation, _run = work
    say(operation.job_line.checks.first(), operation, operator, "25")
    planning.add(operation.job_line, LineCheck(name="Every", kind="yes_no", how_often="every", every=5), office)
    by_hand = new_job(shop, key="hand", lines=[line(shop, item=None, made_on="hand", description="Bend")])
    planning.add(
        by_hand.lines.get(), LineCheck(name="Angle", nominal=Decimal(90), tolerance=Decimal(1), unit="°"), None
    )
    client = log_in(operator)
    sheet = opened(client, "floor:traveller", job.pk)
    assert "20 ± 0,1 mm" in sheet
    assert sheet.count('class="check-box"') == 2 + 4  # yes or no, a photograph, four of twenty
    assert "Angle" in opened(client, "floor:traveller", by_hand.pk)
    address = reverse("floor:checks", args=[by_hand.lines.get().pk])
    assert address in opened(client, "floor:job", by_hand.pk)
    assert "90 ± 1 °" in client.get(address).content.decode()
    paper = work_order.client_pdf(job)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)
    assert "Bracket" in text
    for words in ("Hole", "NC-", "20 ±"):
        assert words not in text, words


def test_checks_of_a_product_are_edited_with_it(shop, log_in, office):
    product = Product.objects.create(workspace=shop.workspace, name="Plate", sku="P-1", item=shop.sheet)
    recipes.write_down(product, [], [Step(name="Cut", kind="laser", seconds=3)], office)
    client = log_in(office)
    address = reverse("admin:production_product_change", args=[product.pk])
    form = filled_form(client.get(address).content.decode())
    new = {"name": "Hole", "kind": "measure", "nominal": "20", "tolerance": "0.1", "unit": "mm", "how_often": "first",
           "position": "1", "is_required": "on", "step": "3"}  # fmt: skip
    form |= {f"checks-0-{name}": value for name, value in new.items()} | {"checks-TOTAL_FORMS": "1"}
    answer = client.post(address, form)
    assert answer.status_code == 409
    assert not ProductCheck.objects.exists()
    assert client.post(address, {**form, "checks-0-step": "1"}).status_code == 302
    check = ProductCheck.objects.get()
    assert (check.low, check.high) == (Decimal("19.9"), Decimal("20.1"))
    job = new_job(shop, lines=[line(shop, product=product)])
    assert job.lines.get().checks.get().of_product
    assert checking.run_of(operation_of(job)) is None
