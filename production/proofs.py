"""Verbs about proofs: sending a version to the client, and what they say to it. Only the newest can be approved."""

import base64

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity, outbox
from crm import links
from laseros.core.errors import Refused
from laseros.core.retry import retried
from production import drawings, milestones
from production.models import DesignFile, Event, Job, Proof
from production.occasions import PROOF as PROOF_SENT
from production.occasions import PROOF_ANSWERED
from production.states import OVER_JOB, PROOF

KINDS = ("dxf", "svg", "pdf", "image")
LINK_DAYS = 90


def send(job: Job, by, *, upload=None, drawing: DesignFile | None = None, note: str = "") -> Proof:
    """Send a version to the client: a file, or a drawing of the job. What was sent before waits no longer.

    Raises `Refused`: "nothing", "kind", "state" for a job that is over, "no-email", and what `drawings.receive` raises.
    """
    if upload is None and drawing is None:
        raise Refused(_("Choose a file or one of the job's drawings."), code="nothing")
    if job.state in OVER_JOB:
        raise Refused(_("%(job)s is %(state)s.") % {"job": job.number, "state": job.get_state_display()}, code="state")
    to = (job.contact.email if job.contact else "") or job.client.email
    if not to:
        raise Refused(
            _("Neither the contact nor %(client)s has an e-mail address.") % {"client": job.client.name},
            code="no-email",
        )
    row = drawing or drawings.receive(job.workspace, upload, by=by)
    if row.kind not in KINDS:
        raise Refused(_("A proof is a drawing, a picture or a PDF."), code="kind")
    picture = _redrawn(row) if row.kind == "image" else None
    return _send(job, row, picture, " ".join(note.split())[:500], to, by)


def _redrawn(row: DesignFile) -> ContentFile:
    """A stranger's picture, drawn anew in a process of its own."""
    from laseros.core import sandbox

    with row.content.open("rb") as stored:
        content = base64.b64encode(stored.read()).decode()
    try:
        drawn = sandbox.run("laseros.core.pictures:redraw", content, seconds=15, cpu_seconds=10, memory_mb=768)
    except sandbox.SandboxError:
        raise Refused(_("This is not a PNG or JPEG picture we can read."), code="not-a-picture") from None
    return ContentFile(base64.b64decode(drawn), name="proof.png")


@retried
@transaction.atomic
def _send(job: Job, row: DesignFile, picture: ContentFile | None, note: str, to: str, by) -> Proof:
    milestones.lock(job)
    last = job.proofs.aggregate(last=Max("version"))["last"] or 0
    for before in job.proofs.filter(state__in=PROOF.moves["replace"].sources):
        PROOF.move(before, "replace")
    proof = Proof(
        workspace_id=job.workspace_id, job=job, version=last + 1, design_file=row, note=note,
        sent_by=by if getattr(by, "pk", None) else None,
    )  # fmt: skip
    if picture is not None:
        picture.seek(0)
        proof.picture.save(f"{job.workspace_id}/{job.pk}-{proof.version}.png", picture, save=False)
    proof.save()
    milestones.no_longer(job, Event.APPROVED, by)
    activity.record("sent", job, by, details={"what": row.name, "version": proof.version, "note": note})
    outbox.post(
        PROOF_SENT, job, key=f"proof:{proof.pk}", to=to, name=job.contact.name if job.contact else "",
        link=links.url(links.make(job, job.client, job.contact, days=LINK_DAYS)),
        values={"version": str(proof.version), "note": note}, by=by,
    )  # fmt: skip
    return proof


@retried
@transaction.atomic
def withdraw(proof: Proof, by) -> None:
    """It was the wrong one: the client can no longer approve it."""
    milestones.lock(proof.job)
    PROOF.move(proof, "withdraw")
    activity.record("withdrawn", proof.job, by, details={"version": proof.version})


@retried
@transaction.atomic
def approve(proof: Proof, *, name: str, ip: str = "", by=None) -> Proof:
    """The client says yes to this version: once, and to no older one. Raises `Refused` ("state", "no-name")."""
    name, job = _signature(name), proof.job
    milestones.lock(job)
    if not PROOF.try_move(proof, "approve", **_decision(name, ip)):
        proof.refresh_from_db()
        if proof.state == "approved":
            return proof
        raise Refused(_no_longer(proof), code="state")
    milestones.happened(job, Event.APPROVED, by or name)
    activity.record("approved", job, by or name, details={"version": proof.version, "name": name})
    _tell_office(proof, by)
    return proof


@retried
@transaction.atomic
def ask_change(proof: Proof, *, name: str, reason: str, ip: str = "", by=None) -> Proof:
    """The client wants it otherwise, and says how."""
    name, job, reason = _signature(name), proof.job, " ".join(reason.split())[:500]
    if not reason:
        raise Refused(_("Please say what should be different."), code="no-reason")
    milestones.lock(job)
    if not PROOF.try_move(proof, "ask_change", reason=reason, **_decision(name, ip)):
        proof.refresh_from_db()
        if proof.state == "changes" and proof.reason == reason:
            return proof
        raise Refused(_no_longer(proof), code="state")
    activity.record("asked for a change", job, by or name, details={"version": proof.version, "why": reason})
    _tell_office(proof, by)
    return proof


def _signature(name: str) -> str:
    name = " ".join(name.split())[:120]
    if not name:
        raise Refused(_("Please enter your name."), code="no-name")
    return name


def _decision(name: str, ip: str) -> dict:
    return {"decided_at": timezone.now(), "decided_by": name, "decided_from": ip or None}


def _no_longer(proof: Proof) -> str:
    newest = Proof.objects.filter(job=proof.job_id).aggregate(last=Max("version"))["last"]
    if newest > proof.version:
        return _("This is version %(this)s. Version %(newest)s was sent since: please look at that one.") % {
            "this": proof.version,
            "newest": newest,
        }
    return {
        "approved": _("This version has been approved already."),
        "changes": _("A change to this version has been asked for already."),
        "withdrawn": _("We have taken this version back."),
    }.get(proof.state, _("This is no longer possible."))


def _tell_office(proof: Proof, by) -> None:
    job = proof.job
    who = f"{proof.decided_by} ({job.client.name})"
    said = {"version": str(proof.version), "who": who, "reason": proof.reason}
    link = settings.BASE_URL.rstrip("/") + reverse("admin:production_job_change", args=[job.pk])
    outbox.tell(
        PROOF_ANSWERED, job, key=f"proof_answered:{proof.pk}", link=link, shared=True, by=by,
        values=lambda language: {**said, "answer": str(PROOF.labels[proof.state])}, otherwise=proof.sent_by,
    )  # fmt: skip
