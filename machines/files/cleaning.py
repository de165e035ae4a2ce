"""Our copies of printer files are cleared by a rule: looked at first, then deleted by the worker, each logged.

What lies on the machines stays there. What work still to be done is made from is never proposed, and asked for again
at the moment it would go.
"""

from dataclasses import asdict, dataclass, field
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts import activity, work
from accounts.models import User
from laseros.core.errors import Refused
from machines.files import moving
from machines.models import Machine, MachineJob, PrintFile
from machines.signals import files_needed

MOST = 2000  # files in one go
HERE = "here"  # files of no machine


@dataclass(frozen=True)
class Rule:
    """Files that meet all of it. `machine` is the number of one, "here" for files of none, or nothing."""

    days: int | None = None  # here for longer than
    megabytes: int | None = None  # larger than
    printed: bool = False
    machine: str = ""

    @property
    def says_nothing(self) -> bool:
        return not (self.days or self.megabytes or self.printed or self.machine)


@dataclass
class Proposal:
    files: list[PrintFile] = field(default_factory=list)
    freed: int = 0  # bytes: the same content may stay for another file
    needed: int = 0  # files that met the rule, and that work is still made from
    more: bool = False


def propose(rule: Rule) -> Proposal:
    """What would go. Raises `Refused` ("rule") for a rule that everything meets."""
    if rule.says_nothing:
        raise Refused(_("Say at least one thing: age, size, printed or machine."), code="rule")
    found, wanted = Proposal(), needed()
    rows = list(_matching(rule).select_related("machine").order_by("created_at", "pk")[: MOST + 1])
    found.more = len(rows) > MOST
    for row in rows[:MOST]:
        if row.sha256 in wanted:
            found.needed += 1
        else:
            found.files.append(row)
    going = {row.sha256: row.size or 0 for row in found.files}
    stays = _here().filter(sha256__in=going).exclude(pk__in=[row.pk for row in found.files])
    for sha256 in set(stays.order_by().values_list("sha256", flat=True)):
        going.pop(sha256)
    found.freed = sum(going.values())
    return found


@transaction.atomic
def order(rule: Rule, file_pks: list[int], by) -> None:
    """Delete these of what the rule proposed: what a person has seen, and nothing that came since."""
    rows = PrintFile.objects.filter(pk__in=sorted(set(file_pks))[:MOST]).select_related("workspace").order_by("pk")
    found = list(rows)
    if not found:
        raise Refused(_("There is nothing to clear."), code="nothing")
    pks, workspace = [row.pk for row in found], found[0].workspace
    work.queue(clear, workspace, asdict(rule), pks, by.pk if by else None, by=by)
    activity.record("ordered", workspace, by, details={"what": _("clean-up of %(count)s files") % {"count": len(pks)}})


@work.task(gettext_noop("clean up printer files"))
def clear(rule: dict, file_pks: list[int], by_pk: int | None) -> None:
    """Harmless to run twice. What is needed by now, moves, or meets the rule no more is left alone."""
    by = User.objects.filter(pk=by_pk).first()
    for row in _matching(Rule(**rule)).filter(pk__in=file_pks).select_related("machine").order_by("pk"):
        if row.sha256 in needed():  # asked for each: an order may come while thousands are being deleted
            continue
        try:
            (moving.remove if row.state == "local" else moving.forget)(row, by)
        except Refused:
            continue  # somebody fetched, sent or deleted it meanwhile


def needed() -> set[str]:
    """Checksums of what work still to be done is made from, as other rooms say, and of what machines work on now."""
    said = set().union(*(answer for _receiver, answer in files_needed.send(sender=PrintFile)))
    open_jobs = MachineJob.objects.filter(ended_at=None, machine=OuterRef("machine")).filter(_is_its_file())
    return said | set(_here().filter(Exists(open_jobs)).order_by().values_list("sha256", flat=True))


def _matching(rule: Rule) -> QuerySet[PrintFile]:
    rows = _here().filter(state__in=("local", "downloaded"))
    if rule.days:
        rows = rows.filter(created_at__lt=timezone.now() - timedelta(days=rule.days))
    if rule.megabytes:
        rows = rows.filter(size__gt=rule.megabytes * 1_000_000)
    if rule.printed:
        prints = MachineJob.objects.filter(outcome="finished", machine=OuterRef("machine")).filter(_is_its_file())
        copies = PrintFile.objects.exclude(machine=None).filter(Exists(prints)).exclude(sha256="")
        rows = rows.filter(sha256__in=copies.order_by().values("sha256"))
    if rule.machine:
        rows = rows.filter(machine=None if rule.machine == HERE else int(rule.machine))
    return rows


def _is_its_file() -> Q:
    """A machine job of the file of the outer query, as machines write it."""
    return ~Q(file="") & (Q(file=OuterRef("path")) | Q(file=OuterRef("name")))


def _here() -> QuerySet[PrintFile]:
    return PrintFile.objects.exclude(content="").exclude(sha256="")


def machines() -> list[Machine]:
    """Those of which there are copies here."""
    rows = _here().exclude(machine=None).order_by().values("machine")
    return list(Machine.objects.filter(pk__in=rows).order_by("name"))
