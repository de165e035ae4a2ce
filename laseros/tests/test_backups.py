"""Backups made while others write, cut off in the middle, restored: what comes back is what was there."""

import json
import shutil
from datetime import timedelta
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from django_scopes import scope

from accounts.models import Backup
from billing.tests.ground import issued_invoice
from inventory.models import Item
from laseros import matters
from laseros.backups import archive, keeping, making, proving, running, schedule, sealing
from laseros.core.errors import Refused
from laseros.tests import backups_at_once as at_once
from laseros.tests.database import committed
from laseros.tests.ground import new_person, new_workspace, stock_shop
from laseros.tests.processes import run_together
from laseros.tests.typesetting import one_paper

KEY = "correct horse battery staple"
FORKED = "laseros.tests.backups_at_once"
pytestmark = pytest.mark.processes


class House:
    """A business with a sealed invoice, committed, so that other processes see it; its files and backups."""

    def __init__(self, folder: Path):
        self.files, self.folder = folder / "files", folder / "backups"
        self.workspace = new_workspace("cutters")
        with scope(workspace=self.workspace):
            self.shop = stock_shop(self.workspace)
            self.invoice = issued_invoice(self.shop)


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker, tmp_path_factory):
    folder = tmp_path_factory.mktemp("house")
    before = django_settings.MEDIA_ROOT
    with django_db_blocker.unblock():
        django_settings.MEDIA_ROOT = folder / "files"
        with one_paper(), committed(lambda: House(folder)) as found:
            django_settings.MEDIA_ROOT = before
            yield found


@pytest.fixture
def db(house):
    """What `house` has opened."""


@pytest.fixture(autouse=True)
def _here(db, house, settings, _files_of_their_own, monkeypatch):
    settings.MEDIA_ROOT, settings.BACKUP_DIR, settings.DATA_DIR = house.files, house.folder, house.folder.parent
    settings.BACKUP_KEY = KEY
    monkeypatch.setattr(sealing, "SCRYPT", at_once.CHEAP)
    yield
    Backup.objects.all().delete()
    shutil.rmtree(house.folder, ignore_errors=True)


def back_up(*words: str) -> dict:
    said = StringIO()
    call_command("backup", "--json", *words, stdout=said)
    return json.loads(said.getvalue())


# --- making -----------------------------------------------------------------------------------------------------------


def test_while_others_write_all_rows_are_of_one_moment_and_every_file_they_name_is_there(house):
    house.folder.mkdir()
    common = [str(house.folder), str(house.files), KEY]
    name, written = run_together(f"{FORKED}:back_up", [[*common, "beside"], [*common, "write", house.workspace.pk]])
    content = at_once.content_of(house.folder / name)
    drawings = at_once.rows_of(content, "production_designfile")
    live = {row["name"] for row in drawings if row["name"].startswith("live-")}
    tags = {row["name"] for row in at_once.rows_of(content, "crm_tag") if row["name"].startswith("live-")}
    assert 12 <= len(tags) <= written
    gone = {f"live-{number}" for number in range(1, len(tags) + 1) if number % 10 == 0}
    assert tags == {f"live-{number}" for number in range(1, len(tags) + 1)}
    assert live <= tags
    assert tags - live <= gone
    assert live & gone <= {f"live-{len(tags)}"}  # the last one may be about to go
    for row in drawings:
        if row["name"] in live:
            assert content[f"{archive.FILES}{row['content']}"] == row["name"].removeprefix("live-").encode() * 999
    assert json.loads(content[archive.MANIFEST])["missing"] == [
        row["content"] for row in drawings if not row["name"].startswith("live-")
    ]
    with scope(workspace=house.workspace), connection.cursor() as cursor:
        cursor.execute("DELETE FROM production_designfile WHERE name LIKE 'live-%%'", [])
        cursor.execute("DELETE FROM crm_tag")
    shutil.rmtree(house.files / "designs")


def test_killed_in_the_middle_it_leaves_nothing_that_looks_whole(house):
    house.folder.mkdir()
    common = [str(house.folder), str(house.files), KEY]
    assert run_together(f"{FORKED}:back_up", [[*common, "die"]], some_die=True) == [None]
    assert [path.name for path in house.folder.iterdir() if making.NAME.fullmatch(path.name)] == []
    assert len(list(house.folder.glob(making.UNFINISHED))) == 1
    row = Backup.objects.create(folder=str(house.folder), state="running")
    made = back_up()
    assert list(house.folder.glob(making.UNFINISHED)) == []
    row.refresh_from_db()
    assert (row.state, row.error) == ("failed", "The process that made it ended before it was whole.")
    assert list(keeping.good().values_list("file", flat=True)) == [Path(made["path"]).name]


def test_a_file_that_goes_meanwhile_begins_it_anew_and_one_that_was_gone_is_named(house, monkeypatch):
    item = Item._base_manager.filter(workspace=house.workspace).first()
    rows = making._Content._rows
    seen = []

    def then_somebody_deletes_it(content, now):
        found = rows(content, now)
        seen.append("read")
        if len(seen) == 1:
            Item._base_manager.filter(pk=item.pk).update(picture="")
            default_storage.delete("items/new.png")
        return found

    default_storage.save("items/new.png", ContentFile(b"young, so it comes with the second look"))
    Item._base_manager.filter(pk=item.pk).update(picture="items/new.png")
    monkeypatch.setattr(making._Content, "_rows", then_somebody_deletes_it)
    assert "items/new.png" not in back_up()["missing"]
    assert seen == ["read", "read"]
    Item._base_manager.filter(pk=item.pk).update(picture="items/never.png")
    try:
        assert "items/never.png" in back_up()["missing"]
    finally:
        Item._base_manager.filter(pk=item.pk).update(picture="")


def test_a_full_disk_is_told_in_words_and_leaves_nothing(house, monkeypatch):
    """/dev/full says what a full disk says."""
    monkeypatch.setattr(making.os, "open", lambda path, flags, mode=0, into=making.os.open: into("/dev/full", 1))
    with pytest.raises(CommandError, match="is full"):
        back_up()
    assert [path.name for path in house.folder.iterdir()] == [".lock"]
    assert (Backup.objects.get().state, "is full" in Backup.objects.get().error) == ("failed", True)


def test_without_a_key_it_stays_where_the_data_are(house, settings, tmp_path):
    settings.BACKUP_KEY = ""
    with pytest.raises(CommandError, match="Without BACKUP_KEY anybody can read a backup"):
        back_up("--to", str(tmp_path / "elsewhere"))
    assert not (tmp_path / "elsewhere").exists()
    inside, outside = back_up(), back_up("--to", str(tmp_path / "elsewhere"), "--plain")
    for made in (inside, outside):
        content = at_once.content_of(Path(made["path"]))
        assert (made["encrypted"], archive.SECRET_KEY in content) == (False, False)
        assert content[f"{archive.FILES}{house.invoice.pdf.name}"].startswith(b"%PDF")
    settings.BACKUP_KEY = "short"
    with pytest.raises(CommandError, match="BACKUP_KEY is too short"):
        back_up()


def test_it_is_copied_elsewhere_and_a_disk_that_is_not_there_is_told(house, settings, tmp_path):
    settings.BACKUP_COPY_TO = str(tmp_path)
    made = back_up()
    assert (tmp_path / Path(made["path"]).name).read_bytes() == Path(made["path"]).read_bytes()
    settings.BACKUP_COPY_TO = str(tmp_path / "not mounted")
    with pytest.raises(CommandError, match="Is the disk connected"):
        back_up()
    row = keeping.good().first()
    assert ("is not there" in row.copy_error, list(keeping.troubled())) == (True, [row])


def test_old_ones_go_by_the_rule_and_never_for_one_that_is_no_good(house, settings):
    settings.BACKUP_KEEP = (2, 0, 0)
    house.folder.mkdir()
    newest = Path(back_up()["path"])
    today = making.made_at(newest.name)
    for days in (1, 2, 3):
        old = newest.with_name(f"laseros-{today - timedelta(days=days):%Y%m%d-%H%M%S}Z.backup")
        shutil.copy(newest, old)
    (house.folder / "letter.backup").write_text("not ours")
    neighbour = newest.with_name("laseros-20200101-000000Z.backup")
    settings.SECRET_KEY += "another installation"
    making.make(house.folder).path.rename(neighbour)
    settings.SECRET_KEY = settings.SECRET_KEY.removesuffix("another installation")
    would_go = back_up("--dry-run")["would_delete"]
    third, second = (newest.with_name(f"laseros-{today - timedelta(days=d):%Y%m%d-%H%M%S}Z.backup") for d in (3, 2))
    assert {str(third), str(second)} <= set(would_go)
    assert keeping.tidy(house.folder) == [third, second]
    Backup.objects.filter(file=newest.name).update(proof_error="it lies")
    settings.BACKUP_KEEP = (1, 0, 0)
    assert keeping.tidy(house.folder) == []  # yesterday's is now the last good one
    yesterdays = f"laseros-{today - timedelta(days=1):%Y%m%d-%H%M%S}Z.backup"
    left = {path.name for path in house.folder.iterdir()}
    assert left == {".lock", "letter.backup", neighbour.name, newest.name, yesterdays}


# --- restoring --------------------------------------------------------------------------------------------------------


@pytest.fixture
def empty_place(tmp_path):
    """(name of a database that is empty, folder that is not there)"""
    if connection.vendor == "sqlite":
        yield str(tmp_path / "new.sqlite3"), str(tmp_path / "files")
        return
    name = f"{connection.settings_dict['NAME']}_restored"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    yield name, str(tmp_path / "files")
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_what_is_restored_is_what_was_there_and_broken_off_it_changes_nothing(house, empty_place):
    path = making.make(house.folder).path
    (found,) = run_together(f"{FORKED}:restored", [[str(path), *empty_place, KEY]])
    now = at_once.picture(str(house.files))
    assert found["first"]["files"] == now["files"]
    assert found["first"]["rows"] == now["rows"]
    assert {**found["first"]["counters"], **now["counters"]} == found["first"]["counters"]
    assert (found["wrong"], found["guards"], len(now["files"])) == ([], [], len(list(house.files.rglob("*.*"))))
    assert (found["broken off"], found["second"]) == (True, found["first"])


def test_over_data_with_another_key_or_of_a_newer_version_it_is_refused_and_nothing_changes(house, settings, tmp_path):
    path = making.make(house.folder).path
    before = at_once.picture(str(house.files))
    for key, words, reason in (
        (KEY, [], "There is a business in this database already"),
        ("another key altogether", ["--overwrite"], "BACKUP_KEY is not the key of this backup"),
        ("", ["--overwrite"], "This backup is encrypted"),
    ):
        settings.BACKUP_KEY = key
        with pytest.raises(CommandError, match=reason):
            call_command("restore", str(path), *words)
    settings.BACKUP_KEY = KEY
    content = at_once.content_of(path)
    schema = json.loads(content[archive.SCHEMA])
    schema["migrations"].append(["crm", "0099_from_the_future"])
    with open(tmp_path / "newer", "wb") as raw:
        writer = archive.Writer(sealing.Sealed(raw, {"format": making.FORMAT, "version": "9.0"}, KEY))
        writer.put(archive.SCHEMA, json.dumps(schema).encode())
        writer.close()
    with pytest.raises(CommandError, match=r"newer version \(9.0\) made.*crm.0099_from_the_future"):
        call_command("restore", str(tmp_path / "newer"), "--overwrite")
    assert at_once.picture(str(house.files)) == before
    assert list(house.files.parent.glob(".restoring-*")) == []


@pytest.mark.one_database
def test_a_proof_finds_a_paper_that_is_not_the_one_that_was_sealed(house):
    """By processes of its own in a scratch place, as the worker does it."""
    pdf = house.files / house.invoice.pdf.name
    was = pdf.read_bytes()
    pdf.write_bytes(b"%PDF forged")
    try:
        made = Path(back_up()["path"])
    finally:
        pdf.write_bytes(was)
    found = running.prove(made)
    row = Backup.objects.get()
    paper = f"{house.invoice.number} (invoice {house.invoice.pk}): the file {house.invoice.pdf.name}"
    assert [each.startswith(f"cutters: {paper} is not") for each in found["wrong"]] == [True]
    assert (found["tables"]["billing_invoice"], row.is_proven, row.proof_error) == (1, False, found["wrong"][0])
    assert list(house.folder.parent.glob("proof-*")) == []
    assert list(keeping.good()) == []


def test_a_proof_is_made_in_a_database_that_is_gone_afterwards(house, tmp_path):
    """And so is one that a killed process left."""
    with proving._scratch_database(tmp_path) as url:
        if connection.vendor == "sqlite":
            assert url == f"sqlite:///{tmp_path}/laseros.sqlite3"
            return
        name = url.rpartition("/")[2]
        left = f"{name[:-1]}x"
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{left}"')
        with psycopg.connect(url) as there:
            assert there.execute("SELECT current_database()").fetchone() == (name,)
    with connection.cursor() as cursor:
        there = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
        cursor.execute(there, [name[:-1]])
        assert cursor.fetchall() == [(left,)]
        with proving._scratch_database(tmp_path):
            cursor.execute(there, [name[:-1]])
            assert cursor.fetchall() == []


# --- by itself --------------------------------------------------------------------------------------------------------


def test_due_is_what_was_not_begun_since_the_hour(house, settings):
    settings.BACKUP_HOUR = 2
    now = timezone.now().replace(hour=14)
    assert schedule.is_due(now) is False  # nobody has worked here for an hour yet
    owner = new_person("superuser", email="owner@house.example")
    owner.date_joined = now - timedelta(days=9)
    owner.save()
    assert schedule.is_due(now) is True
    failed = Backup.objects.create(state="failed", asked_at=now - timedelta(minutes=30))
    assert schedule.is_due(now) is False  # in a while
    Backup.objects.filter(pk=failed.pk).update(asked_at=now - timedelta(hours=2))
    assert schedule.is_due(now) is True
    Backup.objects.create(state="done", asked_at=now - timedelta(hours=13))  # one o'clock: yesterday's
    assert schedule.is_due(now) is True
    Backup.objects.create(state="done", asked_at=now - timedelta(hours=1))
    assert schedule.is_due(now) is False
    settings.BACKUP_HOUR = -1
    assert schedule.is_due(now + timedelta(days=3)) is False
    owner.delete()


def test_what_wants_somebody_stands_before_who_runs_the_installation_alone(house):
    owner = new_person("superuser", email="owner@house.example")
    names = {"failed_backups", "no_backup"}
    with scope(workspace=house.workspace):
        assert matters.counts(owner, names) == {"failed_backups": 0, "no_backup": 0}
        owner.date_joined = timezone.now() - timedelta(days=3)
        owner.save()
        Backup.objects.create(state="done", asked_at=timezone.now() - timedelta(days=3))
        Backup.objects.create(state="failed", asked_at=timezone.now() - timedelta(days=2, hours=12))
        assert matters.counts(owner, names) == {"failed_backups": 1, "no_backup": 1}
        Backup.objects.create(state="done")
        assert matters.counts(owner, names) == {"failed_backups": 0, "no_backup": 0}
        assert matters.counts(new_person("admin", house.workspace), names) == {}
    owner.delete()


def test_a_person_asks_for_one_and_a_second_is_refused_meanwhile(house):
    owner = new_person("superuser", email="owner@house.example")
    row = running.ask(owner)
    with pytest.raises(Refused, match="on its way already"):
        running.ask(owner)
    assert list(Backup.objects.values_list("pk", "state", "by")) == [(row.pk, "waiting", owner.pk)]
    back_up("--ordered", str(row.pk))
    row.refresh_from_db()
    assert (row.state, row.percent, row.is_encrypted, (house.folder / row.file).stat().st_size) == (
        "done",
        100,
        True,
        row.size,
    )
    owner.delete()


@pytest.mark.one_database
def test_the_page_says_what_there_is_and_what_is_wrong_with_it(house, client):
    owner = new_person("superuser", email="owner@house.example")
    client.force_login(owner, backend="accounts.backends.WorkspaceRoleBackend")
    assert "There is no good backup" in client.get("/admin/backups/").content.decode()
    made = Path(back_up()["path"])
    long_ago = timezone.now() - timedelta(days=3)
    Backup.objects.filter(file=made.name).update(asked_at=long_ago, copy_error="no disk", proof_problem="no room")
    Backup.objects.create(state="failed", error="it is full", asked_at=long_ago)
    Backup.objects.create(state="done", folder=str(house.folder), file="taken away", proof_error="a paper is missing")
    Backup.objects.create(state="gone", file="deleted by the rule")
    page = client.get("/admin/backups/").content.decode()
    for words in (
        made.name, "it is full", "a paper is missing", "file is gone", "The last good backup is older than two days",
        "The last backup was not copied: no disk", "The last backup could not be looked through: no room",
    ):  # fmt: skip
        assert words in page, words
    assert "deleted by the rule" not in page
    client.post("/admin/backups/")
    page = client.post("/admin/backups/", follow=True).content.decode()
    assert ("A backup waits for the worker." in page, "A backup is on its way already." in page) == (True, True)
    assert Backup.objects.filter(state="waiting", by=owner).count() == 1
    Backup.objects.all().delete()
    owner.delete()
