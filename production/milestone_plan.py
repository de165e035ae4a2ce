"""Templates of milestones: the standard one of a new business, and which day a milestone is planned for."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts import activity
from accounts.models import Workspace
from laseros.core.errors import Refused
from laseros.core.retry import retried
from production.models import Enquiry, Event, Job, MilestoneTemplate, TemplateMilestone

STANDARD = gettext_noop("Standard")
# (name, event, shown, working days before the due day)
STANDARD_ROWS = (
    (gettext_noop("Order and drawings approved"), Event.APPROVED, True, None),
    (gettext_noop("Material in"), Event.MATERIAL, True, 4),
    (gettext_noop("In production"), Event.STARTED, True, 3),
    (gettext_noop("All pieces made"), Event.MADE, True, 1),
    (gettext_noop("Checked"), Event.HAND, False, 1),
    (gettext_noop("Packed and ready"), Event.HAND, True, 0),
    (gettext_noop("Delivered"), Event.DELIVERED, True, 0),
)


def begin(workspace: Workspace) -> MilestoneTemplate:
    """The template a new business has, in its language."""
    with translation.override(workspace.language):
        template = MilestoneTemplate._base_manager.create(workspace_id=workspace.pk, name=_(STANDARD), is_standard=True)
        TemplateMilestone._base_manager.bulk_create(
            TemplateMilestone(
                workspace_id=workspace.pk, template=template, position=position, name=_(name), event=event,
                is_shown=shown, days_before=days,
            )
            for position, (name, event, shown, days) in enumerate(STANDARD_ROWS, start=1)
        )  # fmt: skip
    return template


def standard(workspace: Workspace) -> MilestoneTemplate | None:
    """The one for jobs where nobody chose another; None where the shop wants none."""
    return MilestoneTemplate.objects.filter(workspace=workspace, is_standard=True, archived_at=None).first()


def to_choose(enquiry: Enquiry | None = None):
    """The templates in use, and the one an enquiry has already."""
    chosen = enquiry.milestones_id if enquiry is not None else None
    return MilestoneTemplate.objects.filter(Q(archived_at=None) | Q(pk=chosen))


@retried
@transaction.atomic
def make_standard(template: MilestoneTemplate, by) -> None:
    """From now on it is the one for every job where nobody chooses another."""
    if template.archived_at is not None:
        raise Refused(_("%(template)s is archived.") % {"template": template}, code="archived")
    MilestoneTemplate.objects.filter(is_standard=True).exclude(pk=template.pk).update(is_standard=False)
    if MilestoneTemplate.objects.filter(pk=template.pk, is_standard=False).update(is_standard=True):
        template.is_standard = True
        activity.record("changed", template, by, details={"is_standard": [False, True]})


def day_for(job: Job, days: int | None) -> date | None:
    """`days` Mondays to Fridays before the job is due, never before it was ordered; None where nothing is planned."""
    if days is None or job.due_on is None:
        return None
    day = job.due_on
    while days:
        day -= timedelta(days=1)
        days -= day.weekday() < 5
    return max(day, timezone.localdate(job.approved_at))
