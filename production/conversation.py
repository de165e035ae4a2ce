"""Client and shop talk about a job: both ways, with files, and notes that stay in the shop.

Whoever has not looked within two minutes is mailed; what was seen meanwhile is not.
"""

from datetime import timedelta
from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import Count, F, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity, outbox
from crm import links
from crm.families import family
from crm.models import Client
from laseros.core.errors import Refused
from laseros.core.retry import retried
from production import milestones
from production.file_kinds import HEAD, clean_name, kind_of
from production.models import Job, JobMessage, JobMessageFile
from production.occasions import ANSWERED, ASKED

CLIENT, SHOP = JobMessage.Side.CLIENT, JobMessage.Side.SHOP
LONGEST, MOST_FILES, MOST_BYTES = 5000, 6, 24 * 1024 * 1024
AWAY = timedelta(minutes=2)
# What a client writes on one job: a link can be passed on, and each message is mailed and rings.
PACE, MOST_BY_LINK, MOST_BY_PERSON = timedelta(minutes=10), 10, 30


def write(
    job: Job, text: str, *, side: str, by, key: str, name: str = "", internal: bool = False, files=()
) -> JobMessage:
    """Say something about a job; the same key again says nothing more.

    Raises `Refused` with code "empty", "long", "too-many", "too-large", "kind", "not-a-picture" or "pace". A client
    sends no more files in a day than they may upload, and writes no more on a job than a person can.
    """
    text = text.replace("\r\n", "\n").strip()
    if not text and not files:
        raise Refused(_("Write something, or choose a file."), code="empty", field="text")
    if len(text) > LONGEST:
        raise Refused(_("This is too long."), code="long", field="text")
    if len(files) > MOST_FILES:
        raise Refused(_("At most %(most)s files at once.") % {"most": MOST_FILES}, code="too-many", field="files")
    if side == CLIENT and files and not job.messages.filter(key=key[:40]).exists():
        # Said before their pictures are drawn anew, which takes seconds each; and once more when the job is held.
        _check_pace(job, by if getattr(by, "pk", None) else None)
        _check_day(job, len(files))
    ready = [_ready(upload) for upload in files]
    return _write(job, text, side, by, key, str(name or by or ""), internal and side == SHOP, ready)


@retried
@transaction.atomic
def _write(job: Job, text: str, side: str, by, key: str, name: str, internal: bool, ready: list) -> JobMessage:
    user = by if getattr(by, "pk", None) else None
    milestones.lock(job)
    if side == CLIENT and not job.messages.filter(key=key[:40]).exists():
        _check_pace(job, user)
        _check_day(job, len(ready))
    message, created = JobMessage.objects.get_or_create(
        job=job, key=key[:40],
        defaults={"workspace_id": job.workspace_id, "side": side, "is_internal": internal, "text": text, "by": user,
                  "by_name": name[:160]},
    )  # fmt: skip
    if not created:
        return message
    for file_name, content, is_picture in ready:
        row = JobMessageFile(workspace_id=job.workspace_id, message=message, name=file_name, is_picture=is_picture)
        row.size = content.size
        content.seek(0)
        row.content.save(f"{job.workspace_id}/{message.pk}-{file_name}"[:90], content, save=False)
        row.save()
    activity.record("noted" if internal else "wrote", job, by or name)
    if not internal:
        (_mail_shop if side == CLIENT else _mail_client)(job, message, by)
    return message


def thread(job: Job, *, for_client: bool) -> list[JobMessage]:
    """What was said, oldest first, with files; two queries. A client sees no notes."""
    rows = job.messages.prefetch_related("files")
    return list(rows.filter(is_internal=False) if for_client else rows)


def seen(job: Job, side: str) -> int:
    """One side has looked: what the other said is read, and nobody is mailed about it any more. How many were new."""
    if not _unseen(side).filter(job=job).exists():  # a page that asks every few seconds must not write each time
        return 0
    return _seen(job, side)


@retried
@transaction.atomic
def _seen(job: Job, side: str) -> int:
    occasion = ANSWERED if side == CLIENT else ASKED
    outbox.withdraw(job, occasion.name)
    return _unseen(side).filter(job=job).update(seen_at=timezone.now())


def _unseen(side: str):
    """What the other side said and this one has not seen."""
    return JobMessage.objects.filter(side=SHOP if side == CLIENT else CLIENT, is_internal=False, seen_at=None)


def unanswered():
    """Jobs with something from the client that nobody here has read, as a queryset."""
    return Job.objects.filter(pk__in=_unseen(SHOP).order_by().values("job"))  # few messages, many jobs


def count_unread(rows, side: str):
    """The jobs of a queryset with `unread` on each."""
    new = _unseen(side).filter(job=OuterRef("pk")).order_by().values("job").annotate(n=Count("pk")).values("n")
    return rows.annotate(unread=Coalesce(Subquery(new, output_field=IntegerField()), 0))


def _check_pace(job: Job, user) -> None:
    """Everybody with a link to a job together, and each person with a log-in. The job is held."""
    lately = job.messages.filter(side=CLIENT, by=user, at__gt=timezone.now() - PACE)
    if lately.count() >= (MOST_BY_LINK if user is None else MOST_BY_PERSON):
        raise Refused(_("These are many messages at once. Please wait a few minutes."), code="pace", field="text")


def _check_day(job: Job, more: int) -> None:
    """Held at the client, so that two who send at once are counted one after the other."""
    if not more:
        return
    Client._base_manager.filter(pk=job.client_id).update(name=F("name"))
    most = job.workspace.portal_uploads
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    sent = JobMessageFile.objects.filter(
        message__job__client__in=family(job.client), message__side=CLIENT, message__at__gte=midnight
    )
    if sent.count() + more > most:
        raise Refused(
            _("More than %(most)s files a day are not taken here. Please come back tomorrow, or write to us.")
            % {"most": most},
            code="too-many",
            field="files",
        )


def _ready(upload) -> tuple[str, File, bool]:
    """(name, content, whether it is a picture): pictures drawn anew in a process of their own, the rest as it came.

    What is no picture is copied piece by piece from where the server put it; nothing is held whole.
    """
    from laseros.core import photographs, sandbox

    name = clean_name(upload.name)
    if upload.size > MOST_BYTES:
        words = _("%(name)s is larger than %(most)s MB.") % {"name": name, "most": MOST_BYTES // 2**20}
        raise Refused(words, code="too-large", field="files")
    head = upload.read(HEAD)
    upload.seek(0)
    if kind_of(name, head) != "image":
        return name, upload, False
    try:
        drawn = photographs.drawn_anew(upload)
    except sandbox.SandboxError:
        words = _("%(name)s is not a PNG or JPEG picture we can read.") % {"name": name}
        raise Refused(words, code="not-a-picture", field="files") from None
    return f"{PurePosixPath(name).stem}.jpg", drawn, True


def _mail_client(job: Job, message: JobMessage, by) -> None:
    contact = job.contact
    to = (contact.email if contact else "") or job.client.email
    if to:
        outbox.post(
            ANSWERED, job, key=f"said:{message.pk}", to=to, name=contact.name if contact else "",
            values=_said(message), link=links.url(links.make(job, job.client, contact)), after=AWAY, by=by,
            reader=contact.user if contact else None, phone=contact.phone if contact else job.client.phone,
        )  # fmt: skip


def _mail_shop(job: Job, message: JobMessage, by) -> None:
    link = settings.BASE_URL.rstrip("/") + reverse("admin:production_job_messages", args=[job.pk])
    outbox.tell(ASKED, job, key=f"said:{message.pk}", values=_said(message), link=link, shared=True, after=AWAY, by=by)


def _said(message: JobMessage) -> dict[str, str]:
    names = ", ".join(row.name for row in message.files.all())
    return {"who": message.by_name, "message": message.text, "files": names}
