"""Lists from files: what is understood, what is wrong and where, all or nothing, once; and files that mean harm."""

import base64
import io
import json
import zipfile
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from accounts.imports import reading
from inventory.imports import plans as imports
from inventory.models import Item, Location, Lot, Material, Move, Supplier
from laseros.core.errors import Refused

pytestmark = pytest.mark.usefixtures("scoped")


def table(content: bytes | str) -> dict:
    """As the child reads it, without starting one."""
    data = content.encode() if isinstance(content, str) else content
    return {**reading.read(base64.b64encode(data).decode()), "print": f"{hash(data):x}"}


def plan(workspace, kind, content):
    return imports.plan_of(workspace, kind, table(content))


def workbook(*rows) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


ITEMS = "Name;Kategorie;Einheit;Werkstoff;Dicke mm;Breite;Höhe;Preis;Mindestbestand\n"


def test_items_as_a_german_spreadsheet_writes_them(shop, workspace, office):
    content = (
        ITEMS + "Stahl für Träger;Blech;Tafel;MS;6;2.450,0;1225;3.400,50;2\nÖl;consumable;stk;;;;;1,5;0\n"
    ).encode("cp1252")
    found = table(content)
    assert imports.plan_of(workspace, "items", found).counts == {"new": 2, "changed": 0, "same": 0}
    assert Item.objects.count() == 1  # looking stores nothing
    imports.store(workspace, "items", found, office)
    sheet, oil = Item.objects.get(name="Stahl für Träger"), Item.objects.get(name="Öl")
    assert (sheet.code, sheet.price, sheet.width_mm, sheet.minimum) == ("INV-MS-6MM-001", Decimal("3400.5"), 2450, 2)
    assert (oil.unit, oil.category, oil.price) == ("pcs", "consumable", Decimal("1.5"))


def test_a_known_code_is_changed_and_the_next_new_one_keeps_clear_of_it(shop, workspace, office):
    head = "code,name,category,unit,material,thickness_mm,width_mm,height_mm,price\n"
    taken = "INV-MS-3MM-002,New,sheet,sheet,MS,3,2450,1225,5\n"
    known = f"{shop.sheet.code},{shop.sheet.name},sheet,sheet,MS,3,2450,1225,1999\n"
    found = table(head + taken + known)
    assert imports.store(workspace, "items", found, office).counts == {"new": 1, "changed": 1, "same": 0}
    assert imports.store(workspace, "items", found, office).counts == {"new": 0, "changed": 0, "same": 2}
    assert Item.objects.get(pk=shop.sheet.pk).price == 1999
    imports.store(workspace, "items", table(head + ",Third,sheet,sheet,MS,3,2450,1225,5\n"), office)
    assert Item.objects.get(name="Third").code == "INV-MS-3MM-003"


BAD_ROWS = (
    (";Blech;Tafel;MS;3;10;10;1;1", "name", "has to be filled in"),
    ("A;Holz;Tafel;MS;3;10;10;1;1", "category", "is not known"),
    ("A;Blech;Fuder;MS;3;10;10;1;1", "unit", "is not known"),
    ("A;Blech;Tafel;XX;3;10;10;1;1", "material", "no material"),
    ("A;Blech;Tafel;MS;3;10;;1;1", "height_mm", "needs this"),
    ("A;Blech;Tafel;MS;-3;10;10;1;1", "thickness_mm", "more than 0"),
    ("A;Blech;Tafel;MS;3;10;10;1e30;1", "price", "too large"),
    ("A;Blech;Tafel;MS;3;10;10;NaN;1", "price", "not a number"),
    ("A;Blech;Tafel;MS;3;10;10;Infinity;1", "price", "not a number"),
    ("A;Blech;Tafel;MS;3;10;10;1;-1", "minimum", "0 or more"),
)


@pytest.mark.parametrize(("row", "column", "reason"), BAD_ROWS)
def test_every_bad_row_is_named_and_nothing_is_stored(shop, workspace, office, row, column, reason):
    found = table(f"{ITEMS}Gut;Blech;Tafel;MS;3;10;10;1;1\n{row}\n")
    (wrong,) = imports.plan_of(workspace, "items", found).wrong
    assert wrong[:2] == (3, column)
    assert reason in wrong[2]
    with pytest.raises(Refused):
        imports.store(workspace, "items", found, office)
    assert Item.objects.count() == 1


def test_the_same_code_twice_in_a_file_is_wrong(shop, workspace):
    head = "code,name,category,unit\n"
    (wrong,) = plan(workspace, "items", head + "A-1,One,other,pcs\na-1,Two,other,pcs\n").wrong
    assert wrong == (3, "code", "“a-1” is in row 2 already.")


def test_formulas_of_a_workbook_are_not_believed(shop, workspace):
    content = workbook(["name", "category", "unit", "price"], ["A", "other", "pcs", "=1+1"], ["B", "other", "pcs", 2.5])
    (wrong,) = plan(workspace, "items", content).wrong
    assert wrong == (2, "price", "A formula is not worked out here: put its value.")


def test_stock_comes_in_loose_as_spools_and_with_heats_and_once(shop, workspace, office):
    pla = Item.objects.create(workspace=workspace, code="PLA-1", name="PLA", category="filament", unit="g", price=1)
    rack = Location.objects.create(workspace=workspace, code="R1", name="Rack", path="Rack")
    content = (
        "item,quantity,heat,location,unit_cost,gross_g,tare_g\n"
        f"{shop.sheet.code},5,,,,,\n{shop.sheet.code},2,H-9,R1,1700,,\nPLA,750,,,,990,240\n"
    )
    found = table(content)
    for _time in range(2):
        imports.store(workspace, "lots", found, office)
    assert Item.objects.get(pk=shop.sheet.pk).on_hand == 17
    heat, spool = Lot.objects.order_by("id")
    assert (heat.kind, heat.heat, heat.quantity, heat.location, heat.unit_cost) == ("sheet", "H-9", 2, rack, 1700)
    assert (spool.kind, spool.item, spool.quantity, spool.tare_g) == ("spool", pla, 750, 240)
    assert set(Move.objects.values_list("kind", flat=True)) == {"opening"}
    assert imports.plan_of(workspace, "lots", found).counts == {"new": 0, "changed": 0, "same": 3}
    wrong = plan(
        workspace,
        "lots",
        f"item,quantity,unit,location\nNOPE,1,,\n{shop.sheet.code},1,kg,\n{shop.sheet.code},1,,Moon\n",
    )
    assert [(line, column) for line, column, _reason in wrong.wrong] == [(2, "item"), (3, "unit"), (4, "location")]


def test_suppliers_come_in_with_a_contact_and_are_known_by_their_name(workspace, office):
    content = (
        "Lieferant;E-Mail für Bestellungen;Lieferzeit (Tage);Kontakt;Land\nStahl & Söhne;a@b.example;5;Frau Öz;de\n"
    )
    assert imports.store(workspace, "suppliers", table(content), office).counts["new"] == 1
    supplier = Supplier.objects.get()
    assert (supplier.code, supplier.lead_days, supplier.country) == ("SU-0001", 5, "DE")
    assert supplier.contacts.get().name == "Frau Öz"
    assert imports.store(workspace, "suppliers", table(content), office).counts["same"] == 1
    (wrong,) = plan(workspace, "suppliers", "name,email\nX,not-an-address\n").wrong
    assert wrong[:2] == (2, "email")


EXPORTED = [
    {
        "id": 7, "archived": False, "used_weight": 120.5, "location": "Dry box", "lot_nr": "L-1", "comment": "=opened",
        "filament.id": 3, "filament.name": "Galaxy Black", "filament.material": "PLA", "filament.density": 1.24,
        "filament.diameter": 1.75, "filament.weight": 1000.0, "filament.spool_weight": 140.0, "filament.price": 19.9,
        "filament.color_hex": "1D1D1B", "filament.vendor.name": "Extruda", "filament.vendor_id": 1,
        "registered": "2026-01-01 10:00:00", "extra.shelf": "A",
    },
    {"id": 8, "archived": False, "used_weight": 0, "filament.name": "Galaxy Black", "filament.material": "PLA",
     "filament.weight": 1000, "filament.vendor.name": "Extruda", "filament.diameter": 1.75, "filament.density": 1.24},
    {"id": 9, "archived": True, "used_weight": 3, "filament.material": "PLA", "filament.weight": 1000},
    {"id": 10, "archived": False, "used_weight": 1000, "filament.material": "PLA", "filament.weight": 1000},
]  # fmt: skip


def test_spools_come_from_spoolman_once(shop, workspace, office):
    found = table(json.dumps(EXPORTED))
    looked = imports.plan_of(workspace, "spoolman", found)
    assert (looked.counts["new"], looked.left_out, looked.wrong) == (2, 2, [])
    imports.store(workspace, "spoolman", found, office)
    item = Item.objects.get(category="filament")
    assert (item.brand, item.colour, item.colour_hex, item.pack_size, item.price) == (
        "Extruda", "Galaxy Black", "#1d1d1b", 1000, Decimal("0.0199"),
    )  # fmt: skip
    first, second = Lot.objects.order_by("id")
    assert (first.quantity, first.tare_g, first.gross_g, first.heat) == (
        Decimal("879.5"),
        140,
        Decimal("1019.5"),
        "L-1",
    )
    assert (first.location.name, second.quantity, item.on_hand) == ("Dry box", 1000, Decimal("1879.5"))
    assert Material.objects.get(code="PLA").density_kg_m3 == 1240
    assert imports.store(workspace, "spoolman", found, office).counts == {"new": 0, "changed": 0, "same": 2}


def test_spoolmans_interface_nests_what_its_export_flattens(workspace):
    spool = {"id": 1, "remaining_weight": 400.0, "used_weight": 600.0, "archived": False, "extra": {"a": "1"},
             "filament": {"id": 2, "name": "Red", "material": "PETG", "density": 1.27, "diameter": 1.75, "weight": 1000,
                          "vendor": {"id": 1, "name": "Extruda"}}}  # fmt: skip
    looked = plan(workspace, "spoolman", json.dumps([spool]))
    assert [(row.label, row.left) for row in looked.rows] == [("Extruda PETG Red", 400)]
    assert plan(workspace, "spoolman", json.dumps([{**spool, "used_weight": 1200, "remaining_weight": None}])).wrong


HEAD = "name,category,unit\n"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\x00\x01\x02" * 50, "unreadable"),
        (b"PK\x03\x04 not a workbook", "unreadable"),
        (b'name,category\n"never closed,other\n', "unreadable"),
        (b"[" * 100_000, "unreadable"),
        (b'[1, 2, "three"]', "unreadable"),
        ((HEAD + "x,other,pcs\n" * 5_001).encode(), "too-many"),
        ((HEAD + "x" * 2_001 + ",other,pcs\n").encode(), "too-large"),
    ],
)
def test_what_is_no_table_is_refused(content, code):
    with pytest.raises(reading.Wrong) as wrong:
        table(content)
    assert wrong.value.code == code


def test_a_bomb_goes_off_in_the_child_and_is_refused_here():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 100_000_000)
    with pytest.raises(Refused) as refusal:
        imports.read(out.getvalue())
    assert refusal.value.code == "too-large"
    with pytest.raises(Refused):
        imports.read(b"x" * 1_600_000)


def test_the_page_shows_first_and_stores_then(shop, workspace, office, log_in):
    browser = log_in(office)
    page = "/admin/inventory/item/import/items/"
    file = io.BytesIO(b"name,category,unit,price\n<b>Bolt</b>,part,pcs,2\n")
    file.name = "items.csv"
    looked = browser.post(page, {"file": file})
    shown = looked.content.decode()
    assert "1 new, 0 changed, 0 as they are." in shown
    assert "&lt;b&gt;Bolt&lt;/b&gt;" in shown
    assert not Item.objects.filter(category="part").exists()
    for _click in range(2):
        browser.post(page, {"content": looked.context["content"], "store": "1"})
    assert Item.objects.filter(category="part").count() == 1
    template = browser.get(f"{page}?template").content.decode()
    assert template.startswith("\ufeffcode,name,category,unit")
    answer = browser.get("/admin/inventory/item/export/csv/?category__exact=part").content.decode()
    imported = plan(workspace, "items", answer)
    assert (imported.wrong, imported.counts["same"]) == ([], 1)


def test_the_commands_say_what_they_did(workspace, tmp_path):
    file = tmp_path / "suppliers.csv"
    file.write_text("name\nSteel & Co\n")
    out, error = StringIO(), StringIO()
    call_command("import_suppliers", str(file), "--workspace", workspace.slug, "--dry-run", stdout=out)
    assert not Supplier.objects.exists()
    call_command("import_suppliers", str(file), "--workspace", workspace.slug, stdout=out)
    assert out.getvalue().splitlines() == ["new: 1, changed: 0, same: 0, left out: 0"] * 2
    file.write_text("name,email\n,nowhere\n")
    with pytest.raises(CommandError, match="2 things are wrong: nothing was stored"):
        call_command("import_suppliers", str(file), "--workspace", workspace.slug, stderr=error)
    assert error.getvalue().splitlines()[1] == "row 2, email: “nowhere” is not an e-mail address."
