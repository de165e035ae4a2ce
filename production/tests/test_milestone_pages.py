"""Milestones where people touch them: on the floor, in the back office, with a photograph."""

import io
from datetime import date, timedelta
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope
from PIL import Image

from accounts.models import Activity
from laseros import matters
from laseros.core.errors import Refused
from laseros.tests.permissions_doors import filled_form
from production import jobs, milestones
from production.admin import job_board
from production.models import Job, Milestone, MilestonePhoto, MilestoneTemplate
from production.tests.ground import new_job
from production.tests.test_milestones import standing, template

pytestmark = pytest.mark.usefixtures("scoped")


@pytest.fixture
def job(shop):
    three = template(shop.workspace, ("Deburred", "", 2), ("Packed", "", 1), ("Ready", "", 0))
    return new_job(shop, template=three, due_on=timezone.localdate() + timedelta(days=14))


@pytest.fixture
def tablet(log_in, operator):
    return log_in(operator)


def camera(width=400, height=300) -> SimpleUploadedFile:
    """What a phone held upright sends: lying on its side, with where it was taken."""
    picture = Image.new("RGB", (width, height), "white")
    picture.paste("red", (0, 0, width // 2, height))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it a quarter to the right
    exif[0x010F] = "SECRETPHONE"
    exif.get_ifd(0x8825)[2] = (29.0, 51.0, 30.0)
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)
    return SimpleUploadedFile("IMG_1.jpg", out.getvalue(), content_type="image/jpeg")


def page(browser, job, name="floor:job") -> str:
    return browser.get(reverse(name, args=[job.pk])).content.decode()


# --- on the floor -----------------------------------------------------------------------------------------------------


def test_the_next_one_is_one_press_away_and_can_be_taken_back_for_a_minute(tablet, job):
    first = job.milestones.first()
    assert reverse("floor:reach", args=[first.pk]) in page(tablet, job)
    answer = tablet.post(reverse("floor:reach", args=[first.pk]), {"note": "burrs inside"}, follow=True)
    text = answer.content.decode()
    assert answer.redirect_chain == [(reverse("floor:job", args=[job.pk]), 302)]
    assert "Reached: Deburred." in text
    assert "burrs inside" in text
    undo = reverse("floor:undo_milestone", args=[first.pk, 0])
    assert undo in text
    assert reverse("floor:reach", args=[job.milestones.get(name="Packed").pk]) in text
    tablet.post(undo)
    assert standing(job) == [("Deburred", "open"), ("Packed", "open"), ("Ready", "open")]
    milestones.reach(first, None)
    Milestone.objects.filter(pk=first.pk).update(at=timezone.now() - timedelta(minutes=2))
    assert f"floor/milestones/{first.pk}/undo" not in page(tablet, job)
    assert tablet.post(reverse("floor:undo_milestone", args=[first.pk, 1])).status_code == 409
    assert standing(job)[0] == ("Deburred", "reached")


def test_an_operator_may_not_skip(tablet, job):
    first = job.milestones.first()
    address = reverse("floor:skip_milestone", args=[first.pk])
    assert address not in page(tablet, job)
    assert tablet.post(address).status_code == 403
    assert standing(job)[0] == ("Deburred", "open")


def test_the_code_on_the_sheet_opens_the_job(tablet, job, shop, other_workspace):
    sheet = tablet.get(reverse("floor:traveller", args=[job.pk]))
    assert sheet.context["code"] in page(tablet, job, "floor:traveller")
    assert sheet.context["code"] != sheet.context["leaves"][0].code
    look, go = reverse("floor:scan_look"), reverse("floor:job", args=[job.pk])
    for said in (f"HTTPS://SHOP.EXAMPLE/Q/CUTTERS/J/{job.number}", job.number, job.number.lower()):
        assert tablet.get(look, {"code": said}).json() == {"kind": "go", "title": str(job), "url": go}
    foreign = tablet.get(look, {"code": f"https://shop.example/q/printers/j/{job.number}"}).json()
    assert (foreign["kind"], foreign["why"]) == ("none", "elsewhere")
    unknown = tablet.get(look, {"code": "https://shop.example/q/cutters/j/JB-2020-01-CL0001-009"}).json()
    assert (unknown["kind"], unknown["why"]) == ("none", "unknown")


# --- photographs ------------------------------------------------------------------------------------------------------


def test_a_photograph_is_turned_and_says_nothing_about_place_or_device(tablet, job):
    first = milestones.reach(job.milestones.first(), None)
    assert tablet.post(reverse("floor:photograph", args=[first.pk]), {"photo": camera()}).status_code == 302
    photo = MilestonePhoto.objects.get()
    kept = Image.open(photo.content)
    assert (kept.format, kept.size, dict(kept.getexif())) == ("JPEG", (300, 400), {})
    assert b"SECRETPHONE" not in photo.content.open("rb").read()
    top, bottom = kept.getpixel((150, 20)), kept.getpixel((150, 380))
    assert top[0] > 200 > 100 > top[1]
    assert min(bottom) > 200
    answer = tablet.get(reverse("floor:photo", args=[photo.pk]))
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert Activity.objects.filter(verb="uploaded", target_id=job.pk).count() == 1


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"<svg onload=alert(1)>", b"\xff\xd8\xff\xe0broken"])
def test_what_is_no_picture_is_refused(tablet, job, content):
    first = milestones.reach(job.milestones.first(), None)
    upload = SimpleUploadedFile("x.jpg", content, content_type="image/jpeg")
    before = Job.objects.get(pk=job.pk).version
    assert tablet.post(reverse("floor:photograph", args=[first.pk]), {"photo": upload}).status_code == 409
    assert (MilestonePhoto.objects.count(), Job.objects.get(pk=job.pk).version) == (0, before)


# --- in the back office -----------------------------------------------------------------------------------------------


def test_the_office_edits_a_template(log_in, office, workspace):
    desk = log_in(office)
    made = MilestoneTemplate.objects.get()
    row = made.milestones.get(position=5)
    data = {"name": "Cutting", "milestones-TOTAL_FORMS": 2, "milestones-INITIAL_FORMS": 1, "milestones-0-id": row.pk,
            "milestones-0-position": 2, "milestones-0-name": "Checked twice", "milestones-0-event": "",
            "milestones-0-is_shown": "on", "milestones-0-days_before": "3", "milestones-1-position": 9,
            "milestones-1-name": "Collected", "milestones-1-event": "", "milestones-1-days_before": ""}  # fmt: skip
    answer = desk.post(reverse("admin:production_milestonetemplate_change", args=[made.pk]), data)
    assert answer.status_code == 302
    assert list(made.milestones.values_list("name", "is_shown", "days_before"))[-1] == ("Collected", False, None)
    row.refresh_from_db()
    assert (row.name, row.position, row.is_shown, row.days_before) == ("Checked twice", 2, True, 3)


EDIT, JOB = "admin:production_job_milestones", "admin:production_job_change"


def edited(desk, job, **said):
    """The page as it is, with `said` typed into it: a function that sends it."""
    address = reverse(EDIT, args=[job.pk])
    data = filled_form(desk.get(address).content.decode()) | {name.replace("_0_", "-0-"): v for name, v in said.items()}
    return lambda: desk.post(address, data)


def test_the_office_edits_the_milestones_of_a_job_on_a_page_of_their_own(log_in, office, job):
    desk = log_in(office)
    shown = page(desk, job, JOB)
    assert reverse(EDIT, args=[job.pk]) in shown
    assert 'name="milestones-0-name"' not in shown
    answer = edited(desk, job, milestones_0_name="Deburred twice", milestones_0_planned_on="2030-01-02")()
    assert (answer.status_code, answer["Location"]) == (302, reverse(JOB, args=[job.pk]) + "#milestones")
    row = job.milestones.first()
    assert (row.name, row.planned_on, row.days_before) == ("Deburred twice", date(2030, 1, 2), None)
    assert Activity.objects.filter(verb="changed", target_id=job.pk).count() == 1


@pytest.mark.parametrize(
    ("meanwhile", "words"),
    [("over", "can no longer be edited. Nothing was stored."), ("reached", "Somebody reached or changed a milestone")],
)
def test_a_page_left_open_says_that_it_is_too_late(log_in, office, job, meanwhile, words):
    desk = log_in(office)
    send = edited(desk, job, milestones_0_name="Deburred twice")
    if meanwhile == "over":
        Job.objects.filter(pk=job.pk).update(state="completed")
    else:
        milestones.reach(job.milestones.first(), None)
    before = Job.objects.get(pk=job.pk).version, standing(job)
    answer = send()
    assert answer.status_code == (302 if meanwhile == "over" else 409)
    said = page(desk, job, JOB) if meanwhile == "over" else answer.content.decode()
    assert words in said
    assert (Job.objects.get(pk=job.pk).version, standing(job)) == before


def test_a_job_that_is_over_shows_its_milestones_and_no_form_for_them(log_in, office, job):
    desk = log_in(office)
    Job.objects.filter(pk=job.pk).update(state="completed")
    assert desk.get(reverse(EDIT, args=[job.pk])).status_code == 302
    shown = page(desk, job, JOB)
    assert "its milestones stay as they are" in shown
    assert "Deburred" in shown
    assert f'href="{reverse(EDIT, args=[job.pk])}"' not in shown
    with pytest.raises(Refused) as refusal:
        milestones.change(job, [job.milestones.first()], [], None)
    assert refusal.value.code == "over"


def test_the_office_takes_back_later_with_a_reason_the_operator_does_not(log_in, office, job):
    first = milestones.reach(job.milestones.first(), office)
    Milestone.objects.filter(pk=first.pk).update(at=timezone.now() - timedelta(hours=2))
    desk = log_in(office)
    address = reverse("admin:production_job_milestone", args=[job.pk, first.pk, "undo"])
    desk.post(address, {"times": "0"})
    assert standing(job)[0] == ("Deburred", "reached")
    desk.post(address, {"times": "0", "why": "the other job"})
    assert standing(job)[0] == ("Deburred", "open")


@pytest.mark.every_database
def test_behind_stands_in_the_list_and_among_the_matters(log_in, office, job, shop):
    new_job(shop, "in time")
    job.milestones.filter(name="Packed").update(planned_on=timezone.localdate() - timedelta(days=1))
    found = matters.counts(office, {"jobs_behind", "late_jobs"})
    assert found == {"jobs_behind": 1, "late_jobs": 0}
    desk = log_in(office)
    link = matters.BY_NAME["jobs_behind"].link(timezone.localdate())
    answer = desk.get(link)
    assert [row.pk for row in answer.context["cl"].result_list] == [job.pk]
    assert "behind" in answer.content.decode()
    names = desk.get(reverse("admin:production_job_changelist"), {"next": "Material in"})
    assert [row.pk for row in names.context["cl"].result_list] == []


def test_a_neighbour_finds_nothing(log_in, person, other_workspace, job):
    with scope(workspace=other_workspace):
        stranger = person("admin", other_workspace)
    browser = log_in(stranger)
    first = job.milestones.first()
    assert browser.get(reverse("floor:job", args=[job.pk])).status_code == 404
    assert browser.post(reverse("floor:reach", args=[first.pk])).status_code == 404
    assert standing(job)[0] == ("Deburred", "open")


# --- the board and the calendar ---------------------------------------------------------------------------------------


def on_board(browser) -> dict[str, list[str]]:
    columns = browser.get(reverse("admin:production_job_board")).context["columns"]
    return {column.name: [card["job"].number for card in column.cards] for column in columns if column.cards}


def test_the_board_has_a_column_for_what_jobs_wait_for(log_in, office, job, shop):
    desk, other = log_in(office), new_job(shop, "other")
    assert on_board(desk) == {"In production": [other.number], "Deburred": [job.number]}
    desk.post(reverse("admin:production_job_board"), {"milestone": job.milestones.get(name="Ready").pk})
    assert standing(job) == [("Deburred", "reached"), ("Packed", "reached"), ("Ready", "open")]
    assert on_board(desk)["Ready"] == [job.number]
    desk.post(reverse("admin:production_job_board"), {"milestone": job.milestones.get(name="Ready").pk, "beyond": "1"})
    assert on_board(desk) == {"In production": [other.number], "All reached": [job.number]}


def test_a_long_column_shows_its_first_cards_and_the_others_when_asked(log_in, office, job, shop, monkeypatch):
    monkeypatch.setattr(job_board, "FIRST", 1)
    rows = [new_job(shop, str(number), due_on=timezone.localdate() + timedelta(days=number)) for number in range(3)]
    desk, board = log_in(office), reverse("admin:production_job_board")
    assert on_board(desk)["In production"] == [rows[0].number]
    whole = desk.get(board).content.decode()
    assert '<span class="lo-note">3</span>' in whole
    assert 'hx-get="?rest=In%20production"' in whole
    assert "2 more" in whole
    rest = desk.get(board, {"rest": "In production"}).content.decode()
    assert [row.number in rest for row in rows] == [False, True, True]
    assert "<html" not in rest
    assert desk.get(board, {"rest": "Nothing of ours"}).content.decode().strip() == ""
    found = desk.get(board, {"q": rows[0].client.name}).content.decode()
    assert f'hx-get="?rest=In%20production&amp;q={quote(rows[0].client.name)}"' in found
    assert desk.get(board, {"rest": "In production", "q": rows[0].number}).content.decode().strip() == ""
    # What a button of a card says: past this one, its last.
    desk.post(board, {"beyond": job.milestones.last().pk})
    assert on_board(desk)["All reached"] == [job.number]


@pytest.mark.parametrize("milestone", ["", "x", "999999", "9" * 30])
def test_what_the_board_does_not_know_moves_nothing(log_in, office, job, milestone):
    answer = log_in(office).post(reverse("admin:production_job_board"), {"milestone": milestone}, follow=True)
    assert "This milestone is no longer there." in answer.content.decode()
    assert standing(job)[0] == ("Deburred", "open")


def test_a_job_on_hold_stays_where_it_is(log_in, office, job):
    jobs.hold(job, office)
    log_in(office).post(reverse("admin:production_job_board"), {"milestone": job.milestones.last().pk})
    assert standing(job)[0] == ("Deburred", "open")


def test_the_calendar_shows_a_job_on_its_day_and_says_what_is_late(log_in, office, job, shop):
    today = timezone.localdate()
    late = new_job(shop, "late", due_on=today)
    Job.objects.filter(pk=late.pk).update(due_on=today - timedelta(days=1))
    desk = log_in(office)
    month = f"{job.due_on:%Y-%m}"
    weeks = desk.get(reverse("admin:production_job_calendar"), {"month": month}).context["weeks"]
    found = {cell["day"]: [row.number for row in cell["jobs"]] for week in weeks for cell in week if cell["jobs"]}
    assert found[job.due_on] == [job.number]
    page = desk.get(reverse("admin:production_job_calendar"), {"month": f"{today - timedelta(days=1):%Y-%m}"})
    assert '<a class="lo-late"' in page.content.decode()
    assert desk.get(reverse("admin:production_job_calendar"), {"month": "never"}).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("page_name", "queries"), [("board", 10), ("calendar", 7)])
def test_queries_of_board_and_calendar(log_in, office, shop, rows, page_name, queries, django_assert_num_queries):
    for number in range(rows):
        new_job(shop, str(number), due_on=timezone.localdate())
    desk, address = log_in(office), reverse(f"admin:production_job_{page_name}")
    desk.get(address)
    with django_assert_num_queries(queries):
        desk.get(address)
