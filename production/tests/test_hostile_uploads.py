"""What a stranger may send, through the office's own door: each file gets an answer in words, nothing else happens."""

import io
import zipfile

import pytest
from django.urls import reverse
from django.utils.html import escape
from django_scopes import scope

from accounts.models import BackgroundTask
from production.models import DesignFile, EnquiryLine, Measurement
from production.tests.dxf.drawings import block, circle, dxf, insert, line, rectangle
from production.tests.ground import SQUARE, new_enquiry, upload

pytestmark = [pytest.mark.one_database, pytest.mark.django_db]


def bomb() -> str:
    """Nine blocks, each of ten of the one before: a thousand million circles."""
    levels = (block(f"B{n}", "".join(insert(f"B{n - 1}", i, 0) for i in range(10))) for n in range(1, 10))
    return dxf(insert("B9"), block("B0", circle(0, 0, 1)) + "".join(levels))


def office_document() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    return content.getvalue()


TOO_MUCH, SENSELESS = "more than 600\xa0000 curves once its blocks are placed", "holds coordinates that cannot be"
REFUSED = {
    "bomb": (bomb(), TOO_MUCH),
    "minsert": (dxf(insert("B", columns=30000, rows=30000), block("B", circle(0, 0, 1))), TOO_MUCH),
    "cycle": (dxf(insert("A"), block("A", insert("B")) + block("B", insert("A"))), "The block “A” contains itself"),
    "nan": (dxf(circle(0, 0, "nan")), SENSELESS),
    "far": (dxf(rectangle(0, 0, 1e308, 5)), SENSELESS),
    "wide": (dxf(circle(0, 0, 1e9)), SENSELESS),
    "zip": (office_document(), "This is a ZIP archive or an office file"),
    "page": ("<!DOCTYPE html><title>Log in</title>", "This is a web page, not a drawing"),
    "cut": (SQUARE[: len(SQUARE) // 5], "The file holds no drawing"),
    "nothing drawn": (dxf(""), "The drawing is empty"),
    "noise": (bytes(range(256)) * 400, "This is not a DXF drawing"),
}
MEASURED = {
    "trash after the end": SQUARE + b"\x00\xff" * 5000,
    "dust": dxf("".join(line(i * 1e-4, 0, (i + 1) * 1e-4, 0) for i in range(20_000)) + rectangle(0, 0, 90, 50)),
}


def test_every_hostile_drawing_is_answered(shop, office, log_in, run_work):
    with scope(workspace=shop.workspace):
        enquiry = new_enquiry(shop, office)
    desk = log_in(office)
    address = reverse("admin:production_enquiry_upload", args=[enquiry.pk])
    for name, content in {**{name: given for name, (given, _words) in REFUSED.items()}, **MEASURED}.items():
        given = content if isinstance(content, bytes) else content.encode()
        answer = desk.post(address, {"file": upload(f"{name}.dxf", given)}, headers={"Accept": "application/json"})
        assert (name, answer.status_code, answer.json()["text"]) == (name, 200, "being measured")
    assert run_work() == len(REFUSED) + len(MEASURED)
    page = desk.get(reverse("admin:production_enquiry_change", args=[enquiry.pk])).content.decode()
    with scope(workspace=shop.workspace):
        found = {row.name.removesuffix(".dxf"): row for row in DesignFile.objects.all()}
        assert {name for name, row in found.items() if row.state == "measured"} == set(MEASURED)
        assert Measurement.objects.count() == len(MEASURED)
        assert EnquiryLine.objects.count() == len(found)
        assert set(BackgroundTask.objects.values_list("state", flat=True)) == {"done"}
    for name, (_content, words) in REFUSED.items():
        assert found[name].state == "refused"
        assert words in found[name].reason
        assert escape(found[name].reason) in page
