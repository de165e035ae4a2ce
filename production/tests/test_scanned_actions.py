"""A hand scanner alone runs the floor: badge, work, action; and the sheet it scans from."""

from datetime import timedelta

import numpy
import pypdfium2
import pytest
import zxingcpp
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from production import action_codes, action_sheet
from production.models import LabourTime, Milestone, Run
from production.tests.ground import line, new_job
from production.traveller import leaves

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(workspace, shop, office):
    with scope(workspace=workspace):
        job = new_job(shop, "scanned", lines=[line(shop, quantity=12)])
        return job, job.lines.get().operations.get()


def read_all(pdf: bytes) -> dict[str, list[str]]:
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=5).to_pil().convert("L")
    found: dict[str, list[str]] = {}
    for each in zxingcpp.read_barcodes(numpy.asarray(picture)):
        found.setdefault(each.format.name, []).append(each.text)
    return found


def test_every_code_of_the_sheet_is_read_and_means_its_action(workspace):
    found = read_all(action_sheet.pdf(workspace))
    names = {action.name for action in action_codes.ACTIONS} | set("0123456789")
    squares, bars = found["QRCode"], found["Code128"]
    assert len(squares) == len(bars) == len(names) == 18
    assert {action_codes.read(text, "cutters") for text in squares} == names
    assert {action_codes.read(text, "cutters") for text in bars} == names
    assert {action_codes.read(text, "printers") for text in squares} == {None}  # of another shop
    for nothing in ("", "LO", "LOX", "LO12", "LONEXTX", "FIL-001", "JB-26-0001"):
        assert action_codes.read(nothing, "cutters") is None


def test_scanning_alone_starts_counts_scrap_finishes_and_takes_back(log_in, operator, work, workspace):
    job, operation = work
    client = log_in(operator)
    with scope(workspace=workspace):
        traveller = leaves(job)[0].address
    page = client.get(client.get(reverse("floor:find"), {"q": traveller}).url).content.decode()
    assert f'name="operation" value="{operation.pk}"' in page

    def scan(*names, **where):
        for name in names:
            said = {"q": action_codes.address("cutters", name), **(where or {"operation": operation.pk})}
            answer = client.post(reverse("floor:scanned"), said, follow=True)
        return [str(each) for each in answer.context["messages"]]

    assert scan("DONE") == ["Nothing of it is running. Scan Start first."]
    assert scan("START") == ["Started on X3."]
    assert scan("PAUSE", "START") == ["It goes on."]
    assert scan("2") == ["Scan Scrap before its count."]
    assert scan("SCRAP", "9", "9") == ["There are only 12 pieces in this run."]  # the 9 before it stays
    assert scan("CLEAR", "SCRAP", "1", "0") == ["Scrap: 10. Scan Done."]
    assert scan("SCRAP", "2") == ["Scrap: 2. Scan Done."]
    assert scan("DONE") == ["10 good, 2 scrap."]
    assert scan("UNDO") == ["Taken back: it runs again."]
    with scope(workspace=workspace):
        run = Run.objects.get()
        assert (run.state, run.operator) == ("running", operator)
    assert scan("DONE") == ["12 good, 0 scrap."]  # the count went with what was taken back
    with scope(workspace=workspace):
        Run.objects.update(finished_at=timezone.now() - timedelta(minutes=3))
        before = Milestone.objects.filter(state="reached").count()
    assert scan("UNDO", job=job.pk)[0].startswith("There is nothing")
    assert scan("NEXT", job=job.pk)[0].startswith("Reached: ")
    assert scan("UNDO", job=job.pk)[0].startswith("Taken back: ")
    assert scan("TIME", job=job.pk) == [f"Your time for {job.number} runs."]
    assert scan("TIME", job=job.pk) == [f"Your time for {job.number} is stopped."]
    assert scan("START", job=job.pk)[0].startswith("Scan the code of a piece of work")
    with scope(workspace=workspace):
        assert Milestone.objects.filter(state="reached").count() == before
        assert LabourTime.objects.get().state == "stopped"


def test_what_is_no_action_is_looked_for_and_an_action_without_work_is_said(log_in, operator, work):
    job, operation = work
    client = log_in(operator)
    answer = client.post(reverse("floor:scanned"), {"q": job.number, "operation": operation.pk}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("floor:operation", args=[operation.pk])
    answer = client.get(reverse("floor:find"), {"q": "LODONE"}, follow=True)
    assert "first, then the action" in answer.content.decode()
    look = client.get(reverse("floor:scan_look"), {"code": action_codes.address("cutters", "DONE")}).json()
    assert look["why"] == "action"
