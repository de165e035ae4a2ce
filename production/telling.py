"""What a client is told of their job, written in the transaction that brought it on.

It leaves when a minute has passed, as long as anybody at work may take back what was said; taken back, it stays here.
Approved, delivered and invoiced have messages of their own, and so has being ready.
"""

from datetime import timedelta

from accounts import outbox
from crm import links
from production.models import Event, Job, Milestone
from production.occasions import MILESTONE, READY

AFTER = timedelta(seconds=70)  # longer than a hand may take back what it did
TOLD_OF = (Event.HAND, Event.MATERIAL, Event.STARTED)


def address_of(job: Job) -> str:
    return (job.contact.email if job.contact else "") or job.client.email


def reached(job: Job, row: Milestone, by) -> None:
    if not row.is_shown or row.event not in TOLD_OF:
        return
    following = job.milestones.filter(is_shown=True, state="open").order_by("position", "id").first()
    values = {"milestone": row.name, "next": following.name if following else ""}
    _tell(MILESTONE, job, f"milestone:{row.pk}:{row.undone}", by, values)


def is_ready(job: Job, by) -> None:
    told = outbox.of(job).filter(kind=READY.name).exclude(state="withdrawn")
    if not told.exists():
        _tell(READY, job, f"ready:{job.pk}:{outbox.of(job).count()}", by)


def taken_back(job: Job, row: Milestone) -> None:
    outbox.withdraw(job, MILESTONE.name, key=f"milestone:{row.pk}:{row.undone}")


def no_longer_ready(job: Job) -> None:
    outbox.withdraw(job, READY.name)


def _tell(occasion: outbox.Occasion, job: Job, key: str, by, values: dict | None = None) -> None:
    to, contact = address_of(job), job.contact
    if not to:
        return
    outbox.post(
        occasion, job, key=key, to=to, name=contact.name if contact else "", values=values,
        link=links.url(links.make(job, job.client, contact)), reader=contact.user if contact else None,
        phone=contact.phone if contact else job.client.phone, after=AFTER, by=by,
    )  # fmt: skip
