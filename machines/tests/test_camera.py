"""A camera's picture on the page of its machine: asked for, taken by the worker, made anew, forgotten."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone
from PIL import Image

from accounts.models import BackgroundTask
from machines import camera, sealing
from machines.models import Machine
from machines.tests.test_files import OnTheWire

pytestmark = [pytest.mark.usefixtures("scoped"), pytest.mark.one_database]


@pytest.fixture
def wire():
    cache.clear()
    found = OnTheWire("octoprint")
    yield found
    found.stop()


@pytest.fixture
def printer(workspace, wire):
    options = wire.machine.options
    return Machine.objects.create(
        workspace=workspace, name="P1", kind="printer", driver="octoprint", options={"host": options["host"]},
        sealed=sealing.sealed({"api_key": options["api_key"]}),
    )  # fmt: skip


def test_asked_for_taken_shown_and_forgotten(printer, wire, workspace, log_in, person, run_work):
    browser, base = log_in(person("viewer", workspace)), f"/admin/machines/machine/{printer.pk}"
    button = "Look through its camera</button>"
    assert button in browser.get(f"{base}/change/").content.decode()
    assert browser.get(f"{base}/still/").status_code == 404
    for _twice in range(2):
        waiting = browser.post(f"{base}/camera/", headers={"HX-Request": "true"}).content.decode()
        assert "Looking through its camera" in waiting
        assert 'hx-trigger="load delay:1s"' in waiting
    assert BackgroundTask.objects.count() == 1
    run_work()
    shown = browser.get(f"{base}/camera/").content.decode()
    assert ["Taken at" in shown, button in shown, "hx-trigger" in shown] == [True, True, False]
    still = browser.get(f"{base}/still/")
    assert (still["Content-Type"], "no-store" in still["Cache-Control"]) == ("image/jpeg", True)
    with Image.open(io.BytesIO(still.content)) as image:
        assert (image.format, image.size) == ("JPEG", (640, 360))
    with time_machine.travel(timezone.now() + timedelta(seconds=camera.KEPT_FOR + 1)):
        assert camera.latest(printer) is None
        camera.forget_old()
    assert not cache.get(camera.KEPT)


def test_why_there_is_none_and_no_camera_at_all(printer, wire, workspace, log_in, person, run_work):
    browser, base = log_in(person("viewer", workspace)), f"/admin/machines/machine/{printer.pk}"
    wire.machine.printing.faults.add("no picture")
    assert browser.post(f"{base}/camera/").status_code == 302  # without scripts
    run_work()
    page = browser.get(f"{base}/change/").content.decode()
    assert "No picture: Cannot be reached: what its camera sends is no picture" in page
    wire.machine.printing.faults.clear()
    wire.machine.webcam = ""
    camera.ask(printer, None)
    run_work()
    assert 'id="camera"' not in browser.get(f"{base}/change/").content.decode()
    assert browser.post(f"{base}/camera/").status_code == 409
    assert BackgroundTask.objects.filter(state="failed").count() == 0
    printer.refresh_from_db()
    assert not camera.has_camera(printer)
    printer.options = {**printer.options, "host": f"localhost:{wire.machine.port}"}  # somebody mends its connection
    assert camera.has_camera(printer)


def test_a_no_is_believed_for_a_quarter_of_an_hour(printer, wire, run_work):
    wire.machine.webcam = ""
    camera.ask(printer, None)
    run_work()
    assert not camera.has_camera(printer)
    with time_machine.travel(timezone.now() + timedelta(seconds=camera.NONE_FOR + 1)):
        assert camera.has_camera(printer)
