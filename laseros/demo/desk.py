"""What an office and a floor leave behind: tags, a client kept twice, a job that comes again, working times."""

import datetime as dt

from django.utils import timezone

from accounts import activity
from crm import clients, tags
from crm.models import Client, Contact, Tag
from laseros.demo.ground import Business
from production import job_templates
from production.labour import clocks
from production.models import Job, LabourTime

WORDS = {
    True: {
        "tags": (("Mining and steel", "blue"), ("Pays in advance", "amber"), ("Collects", "green")),
        "twice": "Amanzimtoti Gates and Fencing (Pty) Ltd",
        "template": "Motor mounts, a hundred",
        "why": "forgot to stop it at the break",
    },
    False: {
        "tags": (("Medizin und Labor", "blue"), ("Vorkasse", "amber"), ("Holt ab", "green")),
        "twice": "Stadtmuseum Leipzig GmbH",
        "template": "Handgriffe, Satz",
        "why": "in der Pause nicht gestoppt",
    },
}
TWICE = 2  # the client that stands there a second time, counted from the first
DAYS = 9  # working times go back so far; weekends are off
STRETCHES = ((dt.time(7, 30), dt.time(9, 40)), (dt.time(10), dt.time(12, 15)), (dt.time(13), dt.time(15, 20)))


def leave(business: Business, contact: Contact) -> None:
    """Called with the contact the demo logs in as, whose newest job is the one that comes again."""
    office, words = business.people["office"], WORDS[business.is_laser]
    rows = list(Client.objects.order_by("pk"))
    for number, (name, colour) in enumerate(words["tags"]):
        tag = Tag.objects.create(workspace=business.workspace, name=name, colour=colour)
        activity.record("created", tag, office)
        tags.put_on(rows[number :: 4 + number], tag, office)
    known = rows[TWICE]
    twice = Client(workspace=business.workspace, name=words["twice"], kind=known.kind, phone=known.phone)
    clients.register(twice, office)
    Contact.objects.filter(pk=contact.pk).update(manages_people=True)
    job = contact.client.jobs.filter(parent=None).order_by("-id").first()
    if job is not None:
        job_templates.keep(job, words["template"], office)
    _worked(business, words["why"])


def _worked(business: Business, why: str) -> None:
    """The days before today of the operator and, now and then, of the manager; one stretch was corrected."""
    jobs = list(Job.objects.exclude(started_at=None).order_by("-started_at", "-pk")[:8])
    if not jobs:
        return
    today, zone, found = timezone.localdate(), timezone.get_current_timezone(), []
    for back in range(1, DAYS + 1):
        day = today - dt.timedelta(days=back)
        if day.weekday() > 4:
            continue
        for number, (begin, end) in enumerate(STRETCHES):
            person = business.people["manager" if number == 2 and back % 3 == 0 else "operator"]
            began, ended = (dt.datetime.combine(day, at, tzinfo=zone) for at in (begin, end))
            found.append(
                LabourTime(
                    workspace=business.workspace, person=person, job=jobs[(back + number) % len(jobs)], state="stopped",
                    started_at=began, stopped_at=ended, seconds=round((ended - began).total_seconds()),
                )
            )  # fmt: skip
    rows = LabourTime.objects.bulk_create(reversed(found))
    if rows:
        row = rows[-1]
        sooner = row.stopped_at - dt.timedelta(minutes=20)
        clocks.correct(row, row.person, started_at=row.started_at, stopped_at=sooner, why=why)
