"""What comes next with a job: one button with a sentence, by how far it is; everything else is in the menu."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.back_office import Related, Verb

# The first of these that may be done now. What rooms above add is here too, by its name.
FIRST = ("continue", "deliver", "invoice", "complete")
WORK_FIRST = ("buy", "prepare", "by-hand")
MATERIAL, WORK = _("Material and queue"), _("Work")
CLIENT, JOBS = _("For the client"), _("Other jobs")


@dataclass(frozen=True)
class Step:
    """`words` and what they are about: a verb, or a link to where it goes on; neither where nothing is left to do."""

    words: object
    verb: Verb | None = None
    link: Related | None = None


def of_job(job, verbs: list[Verb], lines, is_ordered: bool = False) -> Step:
    """The next step of a job among the verbs this person may use on it now; `lines` are all of the job, `is_ordered`
    says that the material it lacks stands on orders."""
    open_now = {verb.name: verb for verb in verbs}
    # What no machine could take is in no queue however often it is asked for.
    left = [line for line in lines if line.missing]
    by_hand = left and not any(line.item_id or line.product_id or line.design_file_id for line in left)
    order = (*FIRST, *(reversed(WORK_FIRST) if by_hand else WORK_FIRST))
    verb = next((open_now[name] for name in order if name in open_now), None)
    if verb is not None:
        return Step(ORDERED if is_ordered and verb.name == "prepare" else verb.says, verb)
    if job.state in ("approved", "in_progress"):
        floor = Related(str(_("On the shop floor")), reverse("floor:job", args=[job.pk]), "smartphone")
        return Step(
            _("Its work is queued: the shop floor goes on with it, and nothing is to be done here."), None, floor
        )
    return Step(WAITING.get(job.state, ""))


ORDERED = _("What is missing is on an order: when it is here, this queues the work and reserves it.")
WAITING = {
    "on_hold": _("It is on hold: nothing of it starts until somebody who may says so."),
    "made": _("It is made: it closes once it is delivered, invoiced and paid."),
    "completed": _("It is finished: nothing is left to do."),
    "cancelled": _("It was cancelled: nothing is left to do."),
}
