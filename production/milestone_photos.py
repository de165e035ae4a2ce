"""Photographs of milestones: drawn anew in a process of their own, so that they carry neither place nor device."""

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from laseros.core.errors import Refused
from laseros.core.retry import retried
from production import milestones
from production.models import Job, Milestone, MilestonePhoto

MOST_BYTES = 24 * 1024 * 1024
MOST = 8  # of one milestone


def add(milestone: Milestone, upload, by) -> MilestonePhoto:
    """Keep a photograph. Raises `Refused` with code "too-large", "not-a-picture" or "too-many"."""
    return _add(milestone, drawn_anew(upload), by)


def drawn_anew(upload) -> ContentFile:
    """A JPEG of what was uploaded. Raises `Refused` with code "too-large" or "not-a-picture"."""
    from laseros.core import photographs, sandbox

    if upload.size > MOST_BYTES:
        raise Refused(_("The picture is larger than %(most)s MB.") % {"most": MOST_BYTES // 2**20}, code="too-large")
    try:
        return photographs.drawn_anew(upload)
    except sandbox.SandboxError:
        raise Refused(_("This is not a PNG or JPEG picture we can read."), code="not-a-picture") from None


@retried
@transaction.atomic
def _add(milestone: Milestone, content: ContentFile, by) -> MilestonePhoto:
    job = Job._base_manager.get(milestones=milestone.pk)
    milestones.lock(job)
    if milestone.photos.count() >= MOST:
        raise Refused(_("There are %(most)s pictures already.") % {"most": MOST}, code="too-many")
    photo = MilestonePhoto(
        workspace_id=milestone.workspace_id, milestone=milestone, by=by if getattr(by, "pk", None) else None
    )
    content.seek(0)
    photo.content.save(f"{milestone.workspace_id}/{milestone.pk}.jpg", content, save=False)
    photo.save()
    activity.record("uploaded", job, by, details={"milestone": milestone.name, "what": _("photograph")})
    return photo


@retried
@transaction.atomic
def remove(photo: MilestonePhoto, by) -> None:
    """Take a photograph away; the file goes with it."""
    job = Job._base_manager.get(milestones=photo.milestone_id)
    milestones.lock(job)
    if not MilestonePhoto.objects.filter(pk=photo.pk).delete()[0]:
        return
    transaction.on_commit(lambda: photo.content.storage.delete(photo.content.name))
    activity.record("deleted", job, by, details={"milestone": photo.milestone.name, "what": _("photograph")})
