"""Runs against their estimates: the drift, the fit, and what a manager makes of it."""

import gzip
import json
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from accounts.models import Activity
from laseros.core.errors import Refused
from production import cutting, experience, parameters
from production.models import DesignFile, Job, JobLine, Measurement, Operation, Run
from production.nests import layout as layouts
from production.nests.problem import Parts
from production.tests.nest_ground import drawn, grid, laid, nested, ordered
from production.tests.nest_ground import plate as drawn_plate

TRUE_FEED, TRUE_PIERCE = 3120, 0.9  # the shop's table says 3900 and 0.5


def plate(holes: int, side: float) -> list[dict]:
    """A square with holes of 10 mm in a row."""
    corners = [(0, 0), (side, 0), (side, side), (0, side), (0, 0)]
    outline = [[*a, *b, 0] for a, b in pairwise(corners)]
    found = [{"segments": outline, "length_mm": 4 * side, "depth": 0, "closed": True}]
    for number in range(holes):
        x = 10 + number * 12
        ring = [[x, 10, x + 10, 10, 1.0], [x + 10, 10, x, 10, 1.0]]
        found.append({"segments": ring, "length_mm": 31.416, "depth": 1, "closed": True})
    return found


def new_run(shop, number: int, contours: list[dict], factor: float = 1.0, pieces: int = 40) -> Run:
    """A finished run of a drawing that took what the true values take, times `factor`."""
    drawing = DesignFile.objects.create(
        workspace=shop.workspace, name=f"{number}.dxf", kind="dxf", content=f"{number}.bin", size=1,
        sha256=f"{number:064}", state="measured",
    )  # fmt: skip
    packed = ContentFile(gzip.compress(json.dumps({"contours": contours, "marks": []}).encode()), name=f"{number}.gz")
    Measurement.objects.create(
        workspace=shop.workspace, design_file=drawing, engine="test", units="mm", mm_per_unit=1, width_mm=100,
        height_mm=100, cut_length_mm=1, pierces=1, closed_contours=1, open_chains=0, outer_contours=1, net_area_mm2=1,
        gross_area_mm2=1, contours=packed,
    )  # fmt: skip
    job = Job.objects.create(
        workspace=shop.workspace,
        number=f"J{number}",
        key=f"test:{number}",
        client=shop.client,
        title="Plates",
        approved_at=timezone.now(),
    )
    line = JobLine.objects.create(
        workspace=shop.workspace, job=job, description=f"Plate {number}", design_file=drawing, item=shop.sheet,
        quantity=pieces,
    )  # fmt: skip
    operation = Operation.objects.create(
        workspace=shop.workspace, job_line=line, machine=shop.laser, quantity=pieces, state="done"
    )
    row = shop.parameters
    actual = cutting.time_of(contours, row, feed_mm_min=TRUE_FEED, pierce_s=TRUE_PIERCE).seconds * pieces * factor
    start = timezone.now() - timedelta(days=40 - number)
    return Run.objects.create(
        workspace=shop.workspace, operation=operation, machine=shop.laser, state="finished", quantity=pieces,
        started_at=start, finished_at=start + timedelta(seconds=actual + 60), paused_seconds=60, good=pieces,
        estimated_seconds=cutting.time_of(contours, row).seconds * pieces,
    )  # fmt: skip


def runs(shop, factors) -> None:
    for number, factor in enumerate(factors):
        new_run(shop, number, plate(holes=number % 8, side=60 + 25 * (number % 5)), factor)


@pytest.fixture
def worked(shop):
    with scope(workspace=shop.workspace):
        runs(shop, [1, 1.02, 0.98, 1.01, 0.99, 4.0, 1, 1.02, 0.98, 1])  # somebody had lunch during the sixth
    return shop


@pytest.mark.usefixtures("scoped")
def test_four_runs_say_nothing(shop):
    runs(shop, [1, 1, 1, 1])
    assert experience.of(shop.parameters) is None
    assert experience.proposal(shop.parameters) is None
    assert experience.all_of([shop.parameters]) == [(shop.parameters, None)]


@pytest.mark.usefixtures("scoped")
def test_the_fit_finds_the_true_values_whatever_one_run_did(worked):
    drift = experience.of(worked.parameters)
    assert (drift.runs, drift.is_off) == (10, True)
    assert drift.percent == pytest.approx(37, abs=6)
    assert experience.all_of([worked.parameters]) == [(worked.parameters, drift)]
    found = experience.proposal(worked.parameters)
    assert found.feed_mm_min == pytest.approx(TRUE_FEED, rel=0.06)
    assert found.pierce_s == pytest.approx(TRUE_PIERCE, abs=0.12)
    assert found.error_before > 20
    assert found.error_after < 2
    assert found.better


@pytest.mark.usefixtures("scoped")
def test_sheets_of_nests_teach_like_other_runs(shop, office):
    """Five sheets that took what the true values take, and the minute and a half of loading."""
    nest = nested(shop, ordered(shop, (drawn(shop, drawn_plate(300, 200, 60), "cover.dxf"), 12)), office)
    laid(nest, grid(f"item:{shop.sheet.pk}", nest.parts.get(), 12, 6, 310.0))
    sheet, row = nest.sheets.get(), shop.parameters
    contours = layouts.contours_of(sheet, Parts(nest))
    estimated = cutting.time_of(contours, row).seconds
    actual = cutting.time_of(contours, row, feed_mm_min=TRUE_FEED, pierce_s=TRUE_PIERCE).seconds
    shop.laser.load_seconds = row.machine.load_seconds = 90
    shop.laser.save()
    operation = Operation.objects.create(
        workspace=shop.workspace, sheet=sheet, machine=shop.laser, quantity=5, state="completed"
    )
    for number in range(5):
        start = timezone.now() - timedelta(days=9 - number)
        Run.objects.create(
            workspace=shop.workspace, operation=operation, machine=shop.laser, state="finished", quantity=12, good=11,
            started_at=start, finished_at=start + timedelta(seconds=actual + 90), estimated_seconds=estimated,
        )  # fmt: skip
    drift = experience.of(row)
    assert (drift.runs, drift.percent) == (5, round(((actual + 90) / (estimated + 90) - 1) * 100))
    assert experience.all_of([row]) == [(row, drift)]
    found = experience.proposal(row)
    assert found.runs == 5
    assert found.error_before == pytest.approx((1 - estimated / actual) * 100, abs=0.2)
    assert found.error_after < 1


@pytest.mark.usefixtures("scoped")
def test_an_accepted_proposal_is_a_confirmed_version_and_starts_anew(worked, manager):
    row = worked.parameters
    found = experience.proposal(row)
    seen = type(row).objects.get(pk=row.pk)
    parameters.learn(row, found, manager)
    row.refresh_from_db()
    assert (row.version, row.feed_mm_min, row.confirmed_by) == (2, found.feed_mm_min, manager)
    assert row.pierce_s == Decimal(str(found.pierce_s))
    assert experience.of(row) is None  # those runs were estimated with the old values
    details = Activity.objects.get(verb="changed").details
    assert details["feed_mm_min"] == [3900, found.feed_mm_min]
    with pytest.raises(Refused, match="changed these values meanwhile"):
        parameters.learn(seen, found, manager)
    row.refresh_from_db()
    assert row.version == 2


def test_the_pages_show_it_and_only_a_manager_accepts(worked, office, manager, client):
    row = worked.parameters
    page = reverse("admin:production_cuttingparameter_runs", args=[row.pk])
    client.force_login(office)
    overview = client.get(reverse("admin:production_cuttingparameter_learn")).content.decode()
    assert "See a proposal" in overview
    shown = client.get(page).content.decode()
    assert shown.count("<circle") == 10
    assert "Accept these values" not in shown
    with scope(workspace=worked.workspace):
        found = experience.proposal(row)
    posted = {"feed": found.feed_mm_min, "pierce": found.pierce_s, "version": 1}
    assert client.post(page, posted).status_code == 403
    client.force_login(manager)
    client.post(page, {**posted, "feed": 9})
    with scope(workspace=worked.workspace):
        row.refresh_from_db()
        assert row.version == 1
    assert client.post(page, posted).status_code == 302
    with scope(workspace=worked.workspace):
        row.refresh_from_db()
        assert row.version == 2
