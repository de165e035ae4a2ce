"""The drawing's page in the back office: what it shows, what its buttons do, and the files it gives."""

import io
import zipfile

import pytest
from django.urls import reverse
from django_scopes import scope

from production import drawings, findings, mending
from production.admin.doctor import MendForm
from production.dxf import measure
from production.models import DesignFile, EnquiryLine, LayerRule
from production.tests.dxf.drawings import circle, dxf, line, rectangle
from production.tests.ground import new_enquiry, upload

pytestmark = pytest.mark.one_database

EVIL = "<img src=x onerror=alert(1)>"
FLAWED = dxf(
    rectangle(0, 0, 100, 60, "CUT") + line(0, 0, 100, 0, "CUT") + circle(50, 30, 5, EVIL)
    + rectangle(150, 0, 200, 30, "CUT")
).encode()  # fmt: skip


@pytest.fixture
def row(shop, office, run_work, scoped):
    row = drawings.receive(
        shop.workspace, upload("plate.dxf", FLAWED), enquiry=new_enquiry(shop, office), item=shop.sheet, by=office
    )
    run_work()
    return DesignFile.objects.get(pk=row.pk)


@pytest.fixture
def page(client, office, row):
    client.force_login(office)

    def do(name, *arguments, data=None, **headers):
        address = reverse(f"admin:production_designfile_{name}", args=[row.pk, *arguments])
        return client.get(address, headers=headers) if data is None else client.post(address, data, headers=headers)

    return do


def test_the_page_says_what_is_wrong_and_escapes_what_the_client_wrote(page):
    text = page("change").content.decode()
    assert EVIL not in text
    assert text.count("&lt;img src=x onerror=alert(1)&gt;") >= 2
    for words in (
        'class="dxf-viewer"',
        'id="defect-1"',
        'href="#defect-1"',
        "Drawn twice",
        "Checked for Mild steel 3 mm",
    ):
        assert words in text
    assert 'name="what" value="safe"' in text
    assert (
        "style="
        not in text[text.index('<svg xmlns="http://www.w3.org/2000/svg" class="dxf-viewer"') : text.index("</svg>")]
    )


def test_every_mend_has_its_button_and_every_button_its_mend():
    choices = dict(MendForm.base_fields["what"].choices)
    assert choices.keys() == mending.ASKED.keys()
    offered = {mend for _, _, _, mend in findings.KINDS.values() if mend}
    assert offered == findings.MEND_LABELS.keys()
    assert offered <= choices.keys()


def test_a_viewer_reads_and_changes_nothing(client, person, workspace, row):
    client.force_login(person("viewer", workspace))
    address = reverse("admin:production_designfile_change", args=[row.pk])
    text = client.get(address).content.decode()
    assert "Drawn twice" in text
    assert 'name="what"' not in text
    assert 'name="role"' not in text
    assert "R0," not in text  # what chance cannot write into a token


def test_one_click_mends_and_one_click_goes_back(page, client, row, run_work):
    assert page("verb", "mend", data={"what": "safe"}).status_code == 302
    assert "It is being mended." in page("change").content.decode()
    assert page("mended", HX_Request="true").status_code == 204
    run_work()
    with scope(workspace=row.workspace):
        version = row.mended.get()
        assert EnquiryLine.objects.get().design_file == version
    address = reverse("admin:production_designfile_change", args=[version.pk])
    assert page("mended", **{"HX-Request": "true"}).headers["HX-Redirect"] == address
    text = client.get(address).content.decode()
    assert "Drawn twice and left out: 100,0 mm" in text
    assert "Back to the file as it came" in text
    assert page("verb", "use", data={}).status_code == 302
    with scope(workspace=row.workspace):
        assert EnquiryLine.objects.get().design_file == row


def test_a_failed_mend_says_why(page, row, run_work, office):
    with scope(workspace=row.workspace):
        mending.mend(row, office, "duplicates")
        run_work()
        version = row.mended.get()
        mending.mend(version, office, "safe")
        run_work()
    text = page("change").content.decode()
    assert "There is nothing to mend" not in text
    address = reverse("admin:production_designfile_change", args=[version.pk])
    assert "It was not mended: There is nothing to mend" in page("change").client.get(address).content.decode()


def test_a_layers_role_is_chosen_and_learned(page, row, run_work):
    data = {"layer": EVIL, "role": "engrave", "also": "client"}
    assert page("verb", "role", data=data).status_code == 302
    run_work()
    with scope(workspace=row.workspace):
        assert LayerRule.objects.get().client == row.enquiry.client
        assert DesignFile.objects.get(pk=row.pk).measurement.engrave_length_mm == pytest.approx(31.416, abs=0.001)
    assert page("verb", "role", data={**data, "role": "paint"}).status_code == 200  # asked again
    assert page("verb", "mend", data={"what": "gaps", "gap_mm": "99"}).status_code == 200


def test_each_part_is_a_file_of_its_own(page, row, tmp_path):
    answer = page("part", 1)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="plate-1.dxf"'
    (tmp_path / "part.dxf").write_bytes(answer.content)
    assert measure(tmp_path / "part.dxf").outer_contours == 1
    assert page("part", 3).status_code == 404
    assert page("part", 0).status_code == 404
    with zipfile.ZipFile(io.BytesIO(page("parts").content)) as archive:
        assert archive.namelist() == ["plate-1.dxf", "plate-2.dxf"]
        (tmp_path / "part.dxf").write_bytes(archive.read("plate-1.dxf"))
    assert {round(measure(tmp_path / "part.dxf").width_mm)} <= {100, 50}


def test_a_huge_drawing_is_a_picture_only(page, monkeypatch):
    monkeypatch.setattr(drawings, "HUGE_BYTES", 10)
    text = page("change").content.decode()
    assert 'class="dxf-viewer"' not in text
    assert "data-viewer-src" in text
    assert page("parts").status_code == 404
