"""The page "Backups": what there is, what is known of it, and a button. For who runs the installation."""

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Backup
from laseros.backups import keeping, running
from laseros.core.errors import Refused

SHOWN = 60


def page(site, request):
    """GET shows them; POST asks for one now."""
    if not request.user.is_superuser:
        raise PermissionDenied
    if request.method == "POST":
        try:
            running.ask(request.user)
        except Refused as refusal:
            messages.error(request, refusal.reason)
        return HttpResponseRedirect(reverse("admin:backups"))
    rows = Backup.objects.exclude(state="gone").select_related("by")
    underway = rows.filter(state__in=("waiting", "running")).last()
    newest, days, weeks, months = keeping.good().first(), *settings.BACKUP_KEEP
    context = {
        **site.each_context(request), "title": _("Backups"),
        "backups": [(row, _is_there(row)) for row in rows.exclude(state__in=("waiting", "running"))[:SHOWN]],
        "underway": underway, "newest": newest, "warnings": list(_warnings(newest)),
        "proof": Backup.objects.exclude(proven_at=None).order_by("-proven_at").first(),
        "folder": settings.BACKUP_DIR, "copy_to": settings.BACKUP_COPY_TO,
        "hour": settings.BACKUP_HOUR, "zone": settings.TIME_ZONE,
        "days": days, "weeks": weeks, "months": months, "has_key": bool(settings.BACKUP_KEY),
    }  # fmt: skip
    return TemplateResponse(request, "admin/backups/index.html", context)


def _warnings(newest: Backup | None):
    if newest is None:
        yield _("There is no good backup. If this disk breaks now, everything is lost.")
    elif newest.asked_at < timezone.now() - keeping.OLD:
        yield _("The last good backup is older than two days.")
    if newest and newest.copy_error:
        yield _("The last backup was not copied: %(why)s") % {"why": newest.copy_error}
    if newest and newest.proof_problem:
        yield _("The last backup could not be looked through: %(why)s") % {"why": newest.proof_problem}
    if not settings.BACKUP_KEY:
        yield _("Without BACKUP_KEY backups are not encrypted and stay on this disk: they do not help when it breaks.")
    elif not settings.BACKUP_COPY_TO and Path(settings.BACKUP_DIR).is_relative_to(settings.DATA_DIR):
        yield _("Backups lie on the disk of the data. BACKUP_COPY_TO names a folder elsewhere that they are copied to.")


def _is_there(row: Backup) -> bool:
    """As far as this process can see: the folder may be that of another computer."""
    folder = Path(row.folder)
    try:
        return not (row.state == "done" and folder.is_dir() and not (folder / row.file).exists())
    except OSError:
        return True
