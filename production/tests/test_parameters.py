from decimal import Decimal

import pytest

from accounts.models import Activity
from inventory.models import Material
from laseros.core.errors import Refused
from machines.models import Machine
from production import parameters
from production.models import CuttingParameter

pytestmark = pytest.mark.usefixtures("scoped")


def new_row(shop, **fields):
    values = {
        "machine": shop.laser,
        "material": shop.material,
        "thickness_mm": Decimal(5),
        "gas": "O2",
        "feed_mm_min": 2500,
        "pierce_s": Decimal("0.8"),
    }
    return CuttingParameter(workspace=shop.workspace, **{**values, **fields})


def test_a_new_row_prices_nothing_until_it_is_confirmed(shop, office, manager):
    row = parameters.add(new_row(shop), office)
    with pytest.raises(Refused, match=r"Mild steel 5 mm are not confirmed yet") as refusal:
        parameters.find(shop.material, 5)
    assert refusal.value.code == "parameters-unconfirmed"
    parameters.confirm(row, manager)
    parameters.confirm(row, manager)
    found = parameters.find(shop.material, Decimal("5.00"), machine=shop.laser)
    assert (found, found.version, found.confirmed_by) == (row, 1, manager)
    assert Activity.objects.filter(verb="confirmed").count() == 1


def test_editing_a_confirmed_row_makes_a_version_that_is_not(shop, office):
    row = shop.parameters
    row.feed_mm_min = 4000
    parameters.change(row, office)
    row.refresh_from_db()
    assert (row.version, row.confirmed_at, row.confirmed_by) == (2, None, None)
    assert Activity.objects.get(verb="changed").details == {"feed_mm_min": [3900, 4000]}
    with pytest.raises(Refused):
        parameters.find(shop.material, 3)


def test_naming_the_source_better_changes_no_price(shop, office):
    row = shop.parameters
    row.source = "measured on our own sheet"
    parameters.change(row, office)
    parameters.change(row, office)
    row.refresh_from_db()
    assert row.version == 1
    assert row.confirmed_at is not None
    assert Activity.objects.filter(verb="changed").count() == 1


def test_only_what_one_has_seen_can_be_confirmed(shop, office, manager):
    row = parameters.add(new_row(shop), office)
    seen = CuttingParameter.objects.get(pk=row.pk)
    row.feed_mm_min = 9999
    parameters.change(row, office)
    with pytest.raises(Refused, match="changed these values meanwhile"):
        parameters.confirm(seen, manager)
    row.refresh_from_db()
    assert row.confirmed_at is None


def test_one_row_for_each(shop, office):
    with pytest.raises(Refused, match="already"):
        parameters.add(new_row(shop, thickness_mm=Decimal(3)), office)
    assert CuttingParameter.objects.count() == 1


def test_what_is_missing_is_named(shop):
    aluminium = Material.objects.create(workspace=shop.workspace, code="AL", name="Aluminium", density_kg_m3=2700)
    with pytest.raises(Refused, match=r"There are no cutting parameters for Aluminium 1\.5 mm\.") as refusal:
        parameters.find(aluminium, Decimal("1.50"))
    assert refusal.value.code == "parameters-missing"


def test_the_first_machine_and_never_one_that_is_gone(shop, office, manager):
    from django.utils import timezone

    other = Machine.objects.create(workspace=shop.workspace, name="X9", kind="laser", position=5)
    fast = parameters.add(new_row(shop, machine=other, thickness_mm=Decimal(3), feed_mm_min=9000), office)
    parameters.confirm(fast, manager)
    assert parameters.find(shop.material, 3) == shop.parameters
    assert parameters.find(shop.material, 3, machine=other) == fast
    Machine.objects.filter(pk=shop.laser.pk).update(archived_at=timezone.now())
    assert parameters.find(shop.material, 3) == fast
