"""Which checks a line of a job has: copies of its product's, and those the office adds to one piece of work."""

from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts import activity
from laseros.core.errors import Refused
from laseros.core.retry import retried
from production import milestones
from production.models import Job, JobLine, LineCheck, Product, ProductCheck
from production.states import OVER_JOB

COPIED = ("name", "kind", "nominal", "tolerance", "minimum", "maximum", "unit", "how_often", "every", "is_required")


def plan(job: Job, by_hand: dict[int, list[dict]] | None = None) -> None:
    """Give the lines of a new job the checks of their products, and of `by_hand` ({position: checks as `carried` writes
    them}) those that were added to the same lines of an earlier job. In the transaction that opens it."""
    lines = list(job.lines.order_by("pk"))
    products = {line.product_id for line in lines if line.product_id}
    wanted = defaultdict(list)
    for row in ProductCheck.objects.filter(product__in=products).order_by("position", "id") if products else ():
        wanted[row.product_id].append(row)
    made = [
        _copy(_where(line, row.step, lines), {name: getattr(row, name) for name in COPIED}, True)
        for line in lines
        for row in wanted[line.product_id]
    ]
    for line in lines:
        if line.parent_id is None:
            for row in (by_hand or {}).get(line.position, ()):
                made.append(_copy(_named(line, row.get("on", ""), lines), {name: row.get(name) for name in COPIED}))
    placed: dict[int, int] = defaultdict(int)
    for check in made:
        placed[check.job_line.pk] += 1
        check.position = placed[check.job_line.pk]
    LineCheck.objects.bulk_create(made)


def check_steps(product: Product) -> None:
    """That somebody does the checks of a product: what is only put together of parts has no step they could follow.

    Raises `Refused` with code "step".
    """
    steps = set(product.steps.values_list("position", flat=True))
    rows = list(product.checks.all())
    if rows and not steps and product.components.exclude(part=None).exists():
        raise Refused(_("Checks follow a step, and this product has none: add one, by hand perhaps."), code="step")
    if any(row.step and row.step > max(len(steps), 1) for row in rows):
        raise Refused(_("A check names a step that is not there."), code="step")


def _copy(line: JobLine, fields: dict, of_product: bool = False) -> LineCheck:
    return LineCheck(workspace_id=line.workspace_id, job_line=line, of_product=of_product, **fields)


def _where(line: JobLine, step: int | None, lines: list[JobLine]) -> JobLine:
    """The step a check follows, the last one where it says none or one that is gone; without steps the line itself."""
    steps = {row.step: row for row in lines if row.parent_id == line.pk and row.step}
    return steps.get(step) or (steps[max(steps)] if steps else line)


def _named(line: JobLine, name: str, lines: list[JobLine]) -> JobLine:
    """The piece of work of that name under a line (all of them have its position), else the line itself."""
    same = [row for row in lines if row.position == line.position and row.description == name]
    return same[0] if same else line


def carried(lines: Iterable[JobLine]) -> dict[int, list[dict]]:
    """{position: the checks that were added by hand}, as plain data for another job with the same lines."""
    found = defaultdict(list)
    rows = LineCheck.objects.filter(job_line__in=list(lines), of_product=False).select_related("job_line")
    for row in rows.order_by("job_line", "position", "id"):
        sizes = {name: getattr(row, name) for name in COPIED}
        plain = {name: str(value) if hasattr(value, "as_tuple") else value for name, value in sizes.items()}
        found[row.job_line.position].append({"on": row.job_line.description, **plain})
    return dict(found)


@retried
@transaction.atomic
def add(line: JobLine, check: LineCheck, by) -> LineCheck:
    """Have something checked on one piece of work of a job. `check` is not stored yet and was cleaned by its form."""
    job = Job._base_manager.get(pk=line.job_id)
    milestones.lock(job)
    job.refresh_from_db()
    if job.state in OVER_JOB:
        raise Refused(_("%(job)s is %(state)s.") % {"job": job.number, "state": job.get_state_display()}, code="state")
    if line.parts.exists():
        raise Refused(
            _("“%(what)s” is put together of other lines: add the check to one of them.") % {"what": line.description},
            code="parts",
        )
    last = line.checks.aggregate(last=Max("position"))["last"] or 0
    check.workspace_id, check.job_line, check.position, check.of_product = line.workspace_id, line, last + 1, False
    check.save()
    activity.record("changed", job, by, details={"what": _("check"), "new": check.name, "for": line.description})
    return check


@retried
@transaction.atomic
def remove(check: LineCheck, by) -> None:
    """Take a check off a piece of work again. Refused ("done") once somebody did it."""
    job = Job._base_manager.get(lines__checks=check.pk)
    milestones.lock(job)
    if check.results.exists():
        raise Refused(_("“%(check)s” was done already and stays.") % {"check": check.name}, code="done")
    if LineCheck.objects.filter(pk=check.pk).delete()[0]:
        activity.record("changed", job, by, details={"what": _("check"), "removed": check.name})
