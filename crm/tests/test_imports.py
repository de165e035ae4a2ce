"""Clients from a file: known by number, VAT number or mail; columns can be said; the worker takes long lists."""

import base64
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts import work
from accounts.imports import plans, reading
from accounts.models import Activity, BackgroundTask
from crm import clients, merging
from crm.imports import clients as imported
from crm.imports import large
from crm.models import Address, Client, Contact, Tag
from laseros.core.errors import Refused

pytestmark = [pytest.mark.usefixtures("scoped"), pytest.mark.one_database]
PAGE = "/admin/crm/client/import/"


def table(content: bytes | str) -> dict:
    data = content.encode() if isinstance(content, str) else content
    return {**reading.read(base64.b64encode(data).decode()), "print": "x"}


def store(workspace, content, by, said=None):
    return plans.store(workspace, imported, table(content), by, said).counts


def test_a_german_list_is_taken_and_taken_again(workspace, office):
    head = "Firma;E-Mail;USt-IdNr.;Rabatt;Zahlungsziel;Straße;PLZ;Ort;Land;Ansprechpartner;Schlagwörter\n"
    row = "Müller & Söhne;x@mueller.example;DE123456789;2,50;30;Hauptstraße 1;04109;Leipzig;DE;Jürgen Weiß;Stamm, Süd\n"
    content = (head + row).encode("cp1252")
    assert store(workspace, content, office) == {"new": 1, "changed": 0, "same": 0}
    client = Client.objects.get()
    assert (client.code, client.name, client.discount_percent, client.payment_days) == (
        "CL-0001", "Müller & Söhne", Decimal("2.50"), 30,
    )  # fmt: skip
    assert (Address.objects.get().street, Contact.objects.get().name) == ("Hauptstraße 1", "Jürgen Weiß")
    assert {tag.name for tag in client.tags.all()} == {"Stamm", "Süd"}
    assert store(workspace, content, office) == {"new": 0, "changed": 0, "same": 1}
    changed = content.replace(b"2,50", b"3,75").replace(b"Hauptstra\xdfe 1", b"Ring 9")
    assert store(workspace, changed, office) == {"new": 0, "changed": 1, "same": 0}
    client.refresh_from_db()
    assert (client.discount_percent, Address.objects.get().street) == (Decimal("3.75"), "Ring 9")
    line = Activity.objects.filter(verb="changed", target_id=client.pk).latest("pk")
    assert line.money == {"discount_percent": ["2.50", "3.75"]}
    assert Contact.objects.count() == 1


@pytest.mark.parametrize(
    ("heading", "cell", "expected"),
    [("Preise enthalten Steuer", "ja", "yes"), ("prices_with_tax", "NO", "no"), ("Bruttopreise", "Netto", "no"),
     ("prices include tax", "incl", "yes"), ("prices include tax", "Standard", ""), ("Bruttopreise", "", "no")],
)  # fmt: skip
def test_a_list_says_who_is_told_prices_with_tax(workspace, office, heading, cell, expected):
    client = clients.register(Client(workspace=workspace, name="Kaya", email="k@x.example"), office)
    Client.objects.update(prices_with_tax="no" if expected != "no" or not cell else "yes")
    store(workspace, f"name;email;{heading}\nKaya;k@x.example;{cell}\nNew;n@x.example;{cell}\n", office)
    client.refresh_from_db()
    assert (client.prices_with_tax, Client.objects.get(name="New").prices_with_tax) == (
        expected,
        expected if cell else "",
    )


def test_a_word_that_is_neither_with_tax_nor_without_is_named(workspace):
    plan = plans.plan_of(workspace, imported, table("name;Bruttopreise\nKaya;vielleicht\n"))
    assert plan.wrong == [(2, "prices_with_tax", "“vielleicht” is not known. Possible are: yes, no.")]


def test_whom_a_row_is_about(workspace, office):
    def add(name, **fields):
        return clients.register(Client(workspace=workspace, name=name, **fields), office)

    first, second = add("First", vat_number="DE 111 111 111", email="a@x.example"), add("Second", email="b@x.example")
    third, gone = add("Third", email="same@x.example"), add("Gone")
    add("Fourth", email="same@x.example")
    merged = add("Old")
    merging.merge(second, merged, office)
    clients.archive(gone, office)
    head = "code,name,vat_number,email,discount\n"
    good = f"{first.code},First,,,1\n,Second,,B@x.example,2\n,FIRST,de111111112,,\n"
    plan = plans.plan_of(workspace, imported, table(head + good))
    assert [(row.what, row.target, row.details) for row in plan.rows] == [
        ("changed", first, "discount_percent"),
        ("changed", second, "email, discount_percent"),
        ("new", None, "has the name of CL-0001"),
    ]
    assert plans.plan_of(workspace, imported, table(f"{head}{merged.code},Second,,,\n")).rows[0].target == second
    for row, column in (
        ("CL-9999,X,,,", "code"), (f"{gone.code},X,,,", "code"), (",X,,same@x.example,", "email"),
        (f"{second.code},X,DE111111111,,", "vat_number"), (",X,,nonsense,", "email"), (",X,,,101", "discount_percent"),
        (f"{first.code},First,,,1", "name"),
    ):  # fmt: skip
        found = plans.plan_of(workspace, imported, table(f"{head}{first.code},First,,,1\n{row}\n"))
        assert [wrong[:2] for wrong in found.wrong] == [(3, column)], row
    before = Client.objects.count(), Activity.objects.count()
    with pytest.raises(Refused):
        store(workspace, head + good + ",X,,same@x.example,\n", office)
    assert (Client.objects.count(), Activity.objects.count()) == before
    assert third.email == "same@x.example"


def upload(browser, content, **data):
    return browser.post(PAGE, {"file": SimpleUploadedFile("list.csv", content.encode()), **data})


def test_on_the_page_a_column_is_said_and_a_long_list_goes_to_the_worker(office, log_in, workspace, run_work):
    browser = log_in(office)
    looked = upload(browser, "Who,Whatever\nKaya,kaya@x.example\n")
    assert looked.context["plan"].ignored == ["Who", "Whatever"]
    assert looked.context["plan"].wrong == [(1, "name", "This column is missing.")]
    said = {"content": looked.context["content"], "place-0": "name", "place-1": "email"}
    again = browser.post(PAGE, said)
    assert (again.context["plan"].counts["new"], again.context["plan"].wrong) == (1, [])
    assert not Client.objects.exists()
    assert browser.post(PAGE, said | {"store": "1"}).status_code == 302
    assert Client.objects.get().email == "kaya@x.example"
    many = "name,email\n" + "".join(f"Client {n},c{n}@x.example\n" for n in range(501))
    answer = upload(browser, many, store="1")
    assert (answer.status_code, Client.objects.count()) == (302, 1)
    assert run_work() == 1
    assert Client.objects.count() == 502
    assert Activity.objects.filter(verb="imported").latest("pk").details["new"] == 501
    task = BackgroundTask.objects.get()
    assert task.state == "done"
    large.store_clients(*task.arguments)  # the worker was lost before it said so
    assert Activity.objects.filter(verb="imported").count() == 2
    wrong = upload(browser, many + ",nonsense\n", store="1")
    assert (wrong.status_code, BackgroundTask.objects.count()) == (409, 1)


def test_by_command_it_is_looked_at_or_stored(workspace, tmp_path):
    path, said = tmp_path / "clients.csv", StringIO()
    path.write_text("name;tags\nKaya;trade\n", "utf-16")
    call_command("import_clients", path, workspace="cutters", dry_run=True, stdout=said)
    assert (said.getvalue(), Client.objects.count()) == ("new: 1, changed: 0, same: 0, left out: 0\n", 0)
    call_command("import_clients", path, workspace="cutters", stdout=said)
    assert list(Tag.objects.get().clients.values_list("name", flat=True)) == ["Kaya"]
    path.write_text("name;discount\nKaya;viel\n")
    with pytest.raises(CommandError):
        call_command("import_clients", path, workspace="cutters", stderr=StringIO())


def test_a_tag_is_made_by_whoever_may_make_one(workspace, office, person):
    viewer = person("viewer", workspace)
    Tag.objects.create(workspace=workspace, name="Trade")
    content = "name;tags\nKaya;trade\nDube;trade, north\n"
    plan = plans.plan_of(workspace, imported, table(content), by=viewer)
    assert plan.wrong == [(3, "tags", "There is no tag “north”, and you may not make one.")]
    assert [row.label for row in plan.rows] == ["Kaya"]
    with pytest.raises(Refused):
        store(workspace, content, viewer)
    assert (Tag.objects.count(), Client.objects.count()) == (1, 0)
    store(workspace, content, office)
    assert {tag.name: tag.clients.count() for tag in Tag.objects.all()} == {"Trade": 2, "north": 1}


def test_a_list_that_fails_at_the_worker_leaves_no_file(workspace, office, log_in, run_work):
    browser = log_in(office)
    many = "name,email\n" + "".join(f"Client {n},c{n}@x.example\n" for n in range(501))
    upload(browser, many, store="1")
    (waiting,) = default_storage.listdir(large.FOLDER)[1]
    with default_storage.open(f"{large.FOLDER}/{waiting}", "wb") as file:
        file.write(b"\0no table")
    run_work()
    assert set(BackgroundTask.objects.values_list("state", flat=True)) == {"failed"}
    assert default_storage.listdir(large.FOLDER)[1] == []
    work.retry(BackgroundTask.objects.get(), office)
    run_work()
    task = BackgroundTask.objects.get()
    assert (task.state, "is gone: nothing was stored" in task.error) == ("failed", True)
    assert Client.objects.count() == 0
    left = default_storage.save(f"{large.FOLDER}/left.bin", ContentFile(b"of a worker that died"))
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=False):
        upload(log_in(office), many, store="1")
        assert not default_storage.exists(left)
