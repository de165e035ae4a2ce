"""Jobs that come again: kept as a template and opened anew for another client."""

from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from crm import clients
from crm.models import Client
from laseros.core.errors import Refused
from laseros.tests.permissions_doors import filled_form
from production import job_templates
from production.models import DesignFile, Enquiry, Job, JobTemplate, LineCheck, MilestoneTemplate
from production.quality import planning
from production.tests.ground import line, new_enquiry, new_job

pytestmark = [pytest.mark.usefixtures("scoped"), pytest.mark.one_database]


@pytest.fixture
def other(shop):
    return clients.register(Client(workspace=shop.workspace, name="Dube Pumps"), None)


def test_a_new_job_begins_with_all_that_the_first_one_had(shop, office, other):
    enquiry = new_enquiry(shop)
    steps = MilestoneTemplate.objects.create(workspace=shop.workspace, name="Short")
    steps.milestones.create(workspace=shop.workspace, name="Bent")
    Enquiry.objects.filter(pk=enquiry.pk).update(milestones=steps)
    enquiry.refresh_from_db()
    job = new_job(
        shop, lines=[line(shop), line(shop, description="Gusset", quantity=3)], enquiry=enquiry, note="Deburr",
        priority=3, due_on=timezone.localdate() + timedelta(days=9),
    )  # fmt: skip
    gusset = job.lines.get(description="Gusset")
    planning.add(gusset, LineCheck(name="Flat", maximum=Decimal("0.4"), how_often="every", every=2), office)
    template = job_templates.keep(job, "  Flanges ", office)
    with pytest.raises(Refused, match="“Flanges” already"):
        job_templates.keep(job, "Flanges", office)
    assert JobTemplate.objects.count() == 1
    opened = job_templates.open_job(template, other, key="x", despite="ordered", by=office)
    assert job_templates.open_job(template, other, key="x", despite="ordered", by=office).pk == opened.pk
    assert (opened.client, opened.title, opened.note, opened.priority) == (other, "Brackets", "Deburr", 3)
    assert (opened.due_on, opened.quoted_total) == (job.due_on, job.quoted_total)
    assert [(row.description, row.quantity, row.unit_price) for row in opened.lines.all()] == [
        ("Bracket", 20, Decimal("45.50")), ("Gusset", 3, Decimal("45.50")),
    ]  # fmt: skip
    assert [row.name for row in opened.milestones.all()] == ["Bent"]
    check = LineCheck.objects.get(job_line__job=opened)
    assert (check.job_line.description, check.name, check.high, check.every) == ("Gusset", "Flat", Decimal("0.4"), 2)
    assert opened.lines.get(description="Gusset").operations.get().quantity == 3
    job_templates.remove(template, office)
    assert Job.objects.filter(pk=opened.pk).exists()


def test_the_office_keeps_edits_opens_and_deletes(shop, office, other, log_in, person):
    viewer = person("viewer", shop.workspace)
    job, desk = new_job(shop), log_in(office)
    answer = desk.post(reverse("admin:production_job_verb", args=[job.pk, "template"]), {"name": "Flanges"})
    template = JobTemplate.objects.get()
    page = reverse("admin:production_jobtemplate_change", args=[template.pk])
    assert answer.headers["Location"] == page
    form = filled_form(desk.get(page).content.decode())
    assert desk.post(page, {**form, "days": "5", "lines-0-quantity": "7"}).status_code == 302
    takes = template.lines.get().material_each
    template.lines.update(material_each=Decimal("15"), seconds_each=90, tax_percent=Decimal("15"))
    shown = type(desk)()
    shown.force_login(viewer, backend="accounts.backends.WorkspaceRoleBackend")
    shown = shown.get(page).content.decode()
    assert ("15 %" in shown, "15.0" in shown, "90.0" in shown) == (True, False, False)
    template.lines.update(material_each=takes)
    new = reverse("admin:production_jobtemplate_new")
    for address in (reverse("admin:crm_client_change", args=[other.pk]), reverse("admin:production_job_changelist")):
        assert new in desk.get(address).content.decode(), address
    form = filled_form(desk.get(new, {"client": other.pk, "template": template.pk}).content.decode())
    assert (form["client"], form["template"]) == (str(other.pk), str(template.pk))
    assert desk.post(new, {**form, "client": ""}).status_code == 409
    assert Job.objects.count() == 1
    for _press in range(2):
        assert desk.post(new, form).status_code == 302
    opened = Job.objects.exclude(pk=job.pk).get()
    assert (opened.lines.get().quantity, opened.due_on) == (
        7,
        timezone.localdate(timezone=ZoneInfo(shop.workspace.timezone)) + timedelta(days=5),
    )
    desk.post(reverse("admin:production_jobtemplate_verb", args=[template.pk, "archive"]))
    assert desk.post(new, {**form, "once": "again"}).status_code == 409
    desk.post(reverse("admin:production_jobtemplate_verb", args=[template.pk, "remove"]))
    assert not JobTemplate.objects.exists()


def test_what_one_client_handed_in_is_shown_to_another_only_when_somebody_says_so(shop, office, other, log_in):
    drawing = DesignFile.objects.create(
        workspace=shop.workspace, enquiry=new_enquiry(shop), name="secret.dxf", kind="dxf", size=9, sha256="ab" * 32
    )
    job = new_job(shop, lines=[line(shop, design_file_id=drawing.pk)])
    template, desk = job_templates.keep(job, "Flanges", office), log_in(office)
    assert job_templates.open_job(template, shop.client, key="own", despite="x", by=office).client == shop.client
    new, before = reverse("admin:production_jobtemplate_new"), Job.objects.count()
    form = filled_form(desk.get(new, {"client": other.pk, "template": template.pk}).content.decode())
    asked = desk.post(new, form)
    page = asked.content.decode()
    assert (asked.status_code, "is made from a drawing of" in page, Job.objects.count()) == (409, True, before)
    assert desk.post(new, {**filled_form(page), "shows_drawings": "on"}).status_code == 302
    assert Job.objects.get(client=other).lines.get().design_file == drawing
