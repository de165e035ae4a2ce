"""A watcher killed between the end of a print and its booking: the worker books it, once, however many ask at once."""

from decimal import Decimal

import pytest
from django.utils import timezone
from django_scopes import scope

from inventory import lots, stock
from inventory.models import Item, Move
from laseros.tests.processes import run_together
from machines.models import Machine, MachineJob
from production.machine_work import following, spools
from production.models import MachineWork

pytestmark = pytest.mark.django_db(transaction=True)


def test_booked_once_by_many(workspace, operator):
    with scope(workspace=workspace):
        item = stock.register(Item(workspace=workspace, name="PLA", category="filament", unit="g"), None)
        spool = lots.receive(item, 500, kind="spool", key="spool:1", by=None)
        printer = Machine.objects.create(workspace=workspace, name="P1", kind="printer", driver="bambu")
        spools.load(printer, "", spool, operator)
        # The row of the print is there, and whoever wrote it is dead: nobody was told.
        job = MachineJob.objects.create(
            workspace=workspace, machine=printer, key="7", name="Toy", started_at=timezone.now(),
            ended_at=timezone.now(), outcome="finished", grams=40.0,
        )  # fmt: skip
        assert Move.objects.filter(kind="usage").count() == 0
    run_together("production.machine_work.following:catch_up", [()] * 6)
    with scope(workspace=workspace):
        spool.refresh_from_db()
        assert [move.quantity for move in Move.objects.filter(kind="usage")] == [Decimal("-40.000")]
        assert (spool.quantity, MachineWork.objects.get().machine_job) == (Decimal(460), job)
        assert following.catch_up() == 0
