"""The occasions of this room: a job gets on, and is ready."""

from django.utils.translation import gettext_lazy as _

from accounts import outbox
from accounts.documents.letterhead import day
from accounts.outbox.occasions import CLIENT, STAFF

PLACES = {
    "job": _("number of the job"),
    "title": _("what it is about"),
    "client": _("name of the client"),
    "due": _("day it is due"),
    "reference": _("the client’s own number"),
}


def of_job(job) -> dict[str, str]:
    return {
        "job": job.number,
        "title": job.title,
        "client": job.client.name,
        "due": day(job.due_on, job.workspace.locale),
    }


MILESTONE = outbox.register(
    outbox.Occasion(
        "milestone", _("A milestone of a job is reached"), CLIENT, "production.Job",
        {**PLACES, "milestone": _("name of the milestone"), "next": _("the one that comes next")}, of_job,
    )
)  # fmt: skip
PROOF = outbox.register(
    outbox.Occasion(
        "proof", _("A proof is sent to be approved"), CLIENT, "production.Job",
        {**PLACES, "version": _("which version it is"), "note": _("what we wrote beside it")}, of_job, always=True,
    )
)  # fmt: skip
PROOF_ANSWERED = outbox.register(
    outbox.Occasion(
        "proof_answered", _("A client answers a proof"), STAFF, "production.Job",
        {
            **PLACES, "version": _("which version it is"), "who": _("who decided, and for whom"),
            "answer": _("what they said"), "reason": _("why, in the client’s words"),
        },
        of_job, permission="production.view_job",
    )
)  # fmt: skip
READY = outbox.register(
    outbox.Occasion("ready", _("A job is ready"), CLIENT, "production.Job", PLACES, of_job)
)  # fmt: skip
SAID = {**PLACES, "who": _("who wrote"), "message": _("what was written"), "files": _("names of the files")}
ANSWERED = outbox.register(
    outbox.Occasion("job_message", _("The shop wrote about a job"), CLIENT, "production.Job", SAID, of_job)
)
ASKED = outbox.register(
    outbox.Occasion(
        "client_message", _("A client writes about a job"), STAFF, "production.Job", SAID, of_job,
        permission="production.view_job",
    )
)  # fmt: skip
