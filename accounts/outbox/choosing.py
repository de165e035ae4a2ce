"""What a business says and whether it says it: its own words in place of ours, and back; occasions that stay silent."""

from django.apps import apps
from django.db import transaction

from accounts import activity
from accounts.models import MessageWording, Workspace
from accounts.outbox import wording
from accounts.outbox.occasions import Occasion
from accounts.outbox.writing import filled_in
from laseros.core.retry import retried


@retried
@transaction.atomic
def reword(workspace: Workspace, occasion: Occasion, language: str, *, subject: str, body: str, by) -> None:
    """Keep a business's own words. Raises `Refused` for a place that is not in the list."""
    body = body.replace("\r\n", "\n").strip()
    subject = " ".join(subject.split())
    wording.check(occasion, subject, body)
    if (subject, body) == occasion.original(language):
        back_to_original(workspace, occasion, language, by)
        return
    fields = {"subject": subject, "body": body}
    row, created = MessageWording.objects.get_or_create(
        workspace=workspace, occasion=occasion.name, language=language, defaults=fields
    )
    before = {"subject": row.subject, "body": row.body}
    if not created and before == fields:
        return
    MessageWording.objects.filter(pk=row.pk).update(**fields)
    details = {"what": str(occasion.label)} if created else activity.changes(before, fields)
    activity.record("changed", row, by, details=details)


@retried
@transaction.atomic
def back_to_original(workspace: Workspace, occasion: Occasion, language: str, by) -> None:
    row = MessageWording.objects.filter(workspace=workspace, occasion=occasion.name, language=language).first()
    if row is not None:
        activity.record("deleted", row, by, details={"what": str(occasion.label)})
        row.delete()


@retried
@transaction.atomic
def silence(workspace: Workspace, occasion: Occasion, silent: bool, by) -> None:
    """Say nothing on an occasion from now on, or say it again."""
    row = Workspace.objects.select_for_update().get(pk=workspace.pk)
    names = [name for name in row.silent_occasions if name != occasion.name] + ([occasion.name] if silent else [])
    if sorted(names) == sorted(row.silent_occasions):
        return
    Workspace.objects.filter(pk=row.pk).update(silent_occasions=names)
    workspace.silent_occasions = names
    activity.record("switched", workspace, by, details={"what": str(occasion.label), "to": "–" if silent else "+"})


def preview(
    workspace: Workspace, occasion: Occasion, language: str, source: tuple[str, str]
) -> tuple[object | None, wording.Written]:
    """(the newest such record, the message about it). What only the moment knows is named instead."""
    record = apps.get_model(occasion.model).objects.order_by("-pk").first()
    named = {name: f"‹{label}›" for name, label in occasion.known.items()}
    values = filled_in(workspace, occasion, record, language, link="https://…") if record is not None else {}
    values = {**named, **{name: value for name, value in values.items() if value}}
    return record, wording.write(workspace, occasion, language, source, values)
