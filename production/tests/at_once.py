"""What the processes of `test_at_once` do."""

from contextlib import suppress
from decimal import Decimal

from django.db.models import F
from django_scopes import scope

from accounts.models import User, Workspace
from crm.models import Client
from inventory.models import Item
from laseros.core.errors import Refused
from machines.models import Machine
from production import jobs, queue, runs, sheet_runs, undoing
from production.models import JobLine, Operation, Run


def start(workspace_pk: int, operation_pk: int, machine_pk: int, user_pk: int) -> str:
    with scope(workspace=Workspace.objects.get(pk=workspace_pk)):
        operation, machine = Operation.objects.get(pk=operation_pk), Machine.objects.get(pk=machine_pk)
        try:
            return str(runs.start(operation, machine, User.objects.get(pk=user_pk)).pk)
        except Refused as refusal:
            return refusal.code


def finish(workspace_pk: int, run_pk: int, user_pk: int) -> str:
    with scope(workspace=Workspace.objects.get(pk=workspace_pk)):
        return runs.finish(Run.objects.get(pk=run_pk), good=15, scrap=5, by=User.objects.get(pk=user_pk)).state


def undo_or_go_on(workspace_pk: int, run_pk: int, user_pk: int, deed: str) -> str:
    """Take a run back while somebody starts the rest of it, cancels the job or charges the pieces."""
    with scope(workspace=Workspace.objects.get(pk=workspace_pk)):
        run, by = (
            Run.objects.select_related("operation__job_line__job", "machine").get(pk=run_pk),
            User.objects.get(pk=user_pk),
        )
        line = run.operation.job_line
        try:
            if deed == "undo":
                undoing.undo(run, times=0, by=by)
            elif deed == "start":
                runs.start(run.operation, run.machine, by)
            elif deed == "cancel":
                jobs.cancel(line.job, by)
            elif not JobLine._base_manager.filter(pk=line.pk, made_good__gte=F("invoiced") + 15).update(invoiced=15):
                return "more-than-made"  # as `billing.invoices.issue` counts
        except Refused as refusal:
            return refusal.code
        return deed


def finish_sheet(workspace_pk: int, run_pk: int, user_pk: int) -> str:
    with scope(workspace=Workspace.objects.get(pk=workspace_pk)):
        run = Run.objects.get(pk=run_pk)
        return sheet_runs.finish(run, {}, keep=True, by=User.objects.get(pk=user_pk)).state


def cancel_or_start(workspace_pk: int, operation_pk: int, machine_pk: int, user_pk: int, cancels: bool) -> str:
    with scope(workspace=Workspace.objects.get(pk=workspace_pk)):
        if not cancels:
            return start(workspace_pk, operation_pk, machine_pk, user_pk)
        job = Operation.objects.select_related("job_line__job").get(pk=operation_pk).job_line.job
        try:
            jobs.cancel(job, None)
        except Refused as refusal:
            return refusal.code
        return "cancelled"


def order(workspace_pk: int, client_pk: int, item_pk: int) -> int:
    with scope(workspace=Workspace.objects.get(pk=workspace_pk)):
        line = {
            "description": "Bracket",
            "quantity": 20,
            "item": Item.objects.get(pk=item_pk),
            "material_each": Decimal("0.05"),
        }
        client = Client.objects.get(pk=client_pk)
        return jobs.open_from(client, key="quote:1", title="Brackets", lines=[line], by=None).pk


def sort(workspace_pk: int, machine_pk: int, times: int) -> int:
    """Shift the first back, over and over, while others do the same."""
    with scope(workspace=Workspace.objects.get(pk=workspace_pk)):
        machine = Machine.objects.get(pk=machine_pk)
        for _time in range(times):
            with suppress(Refused):
                queue.shift(queue.waiting(machine).select_related("machine").first(), None, up=False)
        return queue.waiting(machine).count()
