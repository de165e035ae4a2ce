"""A cutting table from a file: every bad row named, all of it stored or nothing."""

import csv

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django_scopes import scope

from accounts.models import Activity
from inventory.models import Material
from laseros.core.errors import Refused
from machines.models import Machine
from production import parameters_import
from production.models import CuttingParameter

CHART = (
    "power_w,material,thickness_mm,assist_gas_assumed,feed_min_m_min,feed_default_m_min,pierce_typ_s,"
    "gas_pressure_bar_assumed,nozzle_mm_assumed,source\n"
)
CHART_ROWS = (
    "3000,mild steel,1,N2/air,15,18.67,0.2,10,1.5,somebody's chart\n"
    "3000,Mild Steel,3,O2,2.6,3.9,0.5,0.8,1.2,somebody's chart\n"  # the shop has it
    "1500,mild steel,2,O2,4.5,5.33,0.3,0.8,1.2,somebody's chart\n"  # another power
    "3000,brass,2,N2,4.5,5.33,0.3,0.8,1.2,somebody's chart\n"  # not kept here
)
OWN = "machine,material,thickness_mm,gas,feed_mm_min,pierce_s,micro_joints,common_line_percent\n"


@pytest.fixture
def run_import(shop, tmp_path, capsys):
    def run(text: str, machine: str = "X3", workspace: str = "cutters", **options) -> str:
        file = tmp_path / "table.csv"
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        call_command("import_parameters", workspace, machine, str(file), **options)
        return capsys.readouterr().out.strip()

    return run


def test_of_a_chart_the_rows_of_our_power_and_materials(shop, run_import):
    told = "new: 1, changed: 0, same: 1, other power: 1, other material: 1"
    assert run_import("\ufeff" + CHART + CHART_ROWS, dry_run=True) == told
    assert run_import("\ufeff" + CHART + CHART_ROWS) == told
    assert run_import(CHART + CHART_ROWS) == told.replace("new: 1", "new: 0").replace("same: 1", "same: 2")
    with scope(workspace=shop.workspace):
        row = CuttingParameter.objects.get(thickness_mm=1)
    assert (row.gas, row.feed_mm_min, str(row.pierce_s), row.power_w, row.confirmed_at) == (
        "N2", 18670, "0.20", 3000, None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n", "These columns are missing: material, thickness_mm, gas, feed_mm_min, pierce_s"),
        (CHART + CHART_ROWS + "3000,mild steel,five,O2,1,2,0.5,1,1,x\n", "1 rows are wrong"),
        (CHART + "3000,mild steel,5,O2,1,-2,0.5,1,1,x\n3000,mild steel,5\n", "2 rows are wrong"),
        ("", "columns are missing"),
        (b"\xff\xfe\x00binary", "decode"),
        ('"' + "x" * 200_000 + "\n", "not a table in CSV"),
    ],
)
def test_a_wrong_table_adds_nothing(shop, run_import, text, words):
    with pytest.raises(CommandError, match=words):
        run_import(text)
    with scope(workspace=shop.workspace):
        assert CuttingParameter.objects.count() == 1


def test_a_business_or_machine_that_is_not_there(shop, run_import):
    with pytest.raises(CommandError, match="no business"):
        run_import(CHART, workspace="nobody")
    with pytest.raises(CommandError, match="no machine"):
        run_import(CHART, machine="X99")
    with scope(workspace=shop.workspace):
        assert (Machine.objects.count(), Material.objects.count()) == (1, 1)


def plan(text: str, machine=None):
    return parameters_import.read(text.splitlines(), machine)


@pytest.mark.usefixtures("scoped")
def test_every_bad_row_is_named_and_the_good_ones_stay_out_too(shop, office):
    found = plan(
        OWN + "X3,MS,5,O2,2500,0.8,2,50\n"
        "X9,MS,5,O2,2500,0.8,,\n"
        "X3,gold,5,O2,2500,0.8,,\n"
        "X3,MS,zero,O2,2500,0.8,,\n"
        "X3,MS,6,O2,0,0.8,,\n"
        "X3,MS,6,,2500,0.8,,\n"
        "X3,MS,6,O2,2500,,,\n"
        "X3,MS,6,O2,2500,1,,101\n"
        "x3,mild steel,5.00,o2,2600,0.8,,\n"
    )
    assert found.wrong == [
        (3, "there is no laser “X9”"),
        (4, "there is no material “gold”"),
        (5, "thickness_mm is not a number: “zero”"),
        (6, "feed_mm_min must be more than zero"),
        (7, "there is no gas; air is one too"),
        (8, "pierce_s is empty"),
        (9, "common_line_percent must be from 0 to 100"),
        (10, "the same as line 2"),
    ]
    assert [(one.line, one.what) for one in found.rows] == [(2, "new")]
    with pytest.raises(Refused, match="Line 3: there is no laser"):
        parameters_import.store(found, office)
    assert CuttingParameter.objects.count() == 1


@pytest.mark.usefixtures("scoped")
def test_our_own_table_comes_back_changed(shop, office):
    text = parameters_import.written(CuttingParameter.objects.select_related("machine", "material"))
    same = plan(text)
    assert (same.wrong, [one.what for one in same.rows]) == ([], ["same"])
    rows = list(csv.DictReader(text.splitlines()))
    rows[0]["feed_mm_min"], rows[0]["lead_in_mm"] = "4100", "1.5"
    edited = ",".join(rows[0]) + "\n" + ",".join(rows[0].values())
    changed = plan(edited)
    assert [(one.what, sorted(one.changed)) for one in changed.rows] == [("changed", ["feed_mm_min", "lead_in_mm"])]
    assert parameters_import.store(changed, office)["changed"] == 1
    row = CuttingParameter.objects.get()
    assert (row.feed_mm_min, str(row.lead_in_mm), row.version, row.confirmed_at) == (4100, "1.50", 2, None)


@pytest.mark.usefixtures("scoped")
def test_starting_values_price_nothing_and_come_once(shop, office):
    Material.objects.create(workspace=shop.workspace, code="SS", name="Stainless steel 304", density_kg_m3=7930)
    counts = parameters_import.start(shop.laser, office)
    assert counts == {"new": 20, "same": 1}  # 12 of mild steel, one of which is there, and 9 of stainless
    rows = CuttingParameter.objects.exclude(pk=shop.parameters.pk)
    assert not rows.exclude(confirmed_at=None).exists()
    assert {row.source[-7:] for row in rows} == {"2026-08"}
    row = rows.get(material__code="SS", thickness_mm=2)
    assert (row.feed_mm_min, row.gas, row.power_w) == (15670, "N2", 3000)
    assert parameters_import.start(shop.laser, office)["new"] == 0


def test_in_the_back_office_it_is_looked_at_and_then_stored(shop, office, client):
    client.force_login(office)
    url = reverse("admin:production_cuttingparameter_import")
    text = OWN + "X3,MS,5,O2,2500,0.8,2,50\n"
    wrong = client.post(url, {"text": text + "X9,MS,5,O2,2500,0.8,,\n", "store": "1"})
    assert "Line 3" in wrong.content.decode()
    assert 'name="store"' not in wrong.content.decode()
    shown = client.post(url, {"text": text})
    assert "1 new, 0 changed, 0 as they are." in shown.content.decode()
    with scope(workspace=shop.workspace):
        assert CuttingParameter.objects.count() == 1
    assert client.post(url, {"text": text, "store": "1"}).status_code == 302
    with scope(workspace=shop.workspace):
        assert CuttingParameter.objects.filter(confirmed_at=None).get().micro_joints == 2
    start = reverse("admin:production_cuttingparameter_start")
    assert client.post(start, {"laser": shop.laser.pk}).status_code == 302
    assert client.get(reverse("admin:production_cuttingparameter_table")).content.startswith(
        b"\xef\xbb\xbfmachine,material"
    )


def test_rows_are_confirmed_together_by_who_answers_for_machines(shop, office, manager, client):
    with scope(workspace=shop.workspace):
        parameters_import.start(shop.laser, office)
        rows = list(CuttingParameter.objects.filter(confirmed_at=None).values_list("pk", flat=True))
    url = reverse("admin:production_cuttingparameter_changelist")
    asked = {"action": "confirm_selected", "_selected_action": rows, "index": "0"}
    for person, waiting in ((office, len(rows)), (manager, 0)):
        client.force_login(person)
        client.post(url, asked)
        with scope(workspace=shop.workspace):
            assert CuttingParameter.objects.filter(confirmed_at=None).count() == waiting
    with scope(workspace=shop.workspace):
        assert Activity.objects.filter(verb="confirmed").count() == len(rows)
