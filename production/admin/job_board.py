"""Jobs as a board by the milestone they wait for, and as a calendar by the day they are due."""

from calendar import Calendar
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from laseros.core.errors import Refused
from production import milestone_plan, milestones
from production.models import Job, Milestone
from production.states import OPEN_JOB

ON_BOARD = (*OPEN_JOB, "made")
MOST = 400  # jobs on the board
FIRST = 25  # cards of a column that are drawn at once
CARD = ("number", "title", "client", "client__name", "state", "priority", "due_on", "parent__number")
WORK, SKIP = "production.run_operation", "production.skip_milestone"


@dataclass
class Column:
    """Jobs that wait for the same; of a long one only the first have their cards."""

    name: str
    key: str  # its name, and nothing for those that wait for nothing
    jobs: list[int] = field(default_factory=list)
    cards: list[dict] = field(default_factory=list)

    @property
    def rest(self) -> int:
        return len(self.jobs) - len(self.cards)


class Boards:
    """Two more ways to look at the list of jobs."""

    list_before_template = "admin/production/job_ways.html"

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("board/", view(self.board_view), name="production_job_board"),
            path("calendar/", view(self.calendar_view), name="production_job_calendar"),
            *super().get_urls(),
        ]

    def board_view(self, request):
        """POST brings a job up to `milestone`, so that it comes next; with `beyond` it is reached too.

        GET with `rest` is the cards of one column that its page has left out.
        """
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            return self._advance(request)
        open_jobs = Job.objects.filter(state__in=ON_BOARD).order_by("due_on", "-priority", "id")
        term = " ".join(request.GET.get("q", "").split())[:80]
        for word in term.split():
            open_jobs = open_jobs.filter(_says(word))
        found = list(open_jobs.values_list("pk", flat=True)[: MOST + 1])
        board = columns(request.workspace, found[:MOST], request.GET.get("rest"))
        context = {
            "columns": board,
            "more": len(found) > MOST,
            "term": term,
            "is_empty": not found,
            "may_move": request.user.has_perm(WORK),
            "way": "board",
        }
        if "rest" in request.GET:
            return TemplateResponse(request, "admin/production/_job_cards.html", context | {"column": board[0]})
        return self._page(request, "admin/production/job_board.html", _t("Board"), context)

    def _advance(self, request):
        if not request.user.has_perm(WORK):
            raise PermissionDenied
        wanted = request.POST.get("milestone") or request.POST.get("beyond", "")
        row = Milestone.objects.filter(pk=wanted if wanted.isdecimal() and len(wanted) < 19 else 0).first()
        try:
            if row is None:
                raise Refused(_("This milestone is no longer there. Look at it again."), code="gone")
            beyond = bool(request.POST.get("beyond"))
            milestones.advance(row, request.user, may_skip=request.user.has_perm(SKIP), beyond=beyond)
        except Refused as refusal:
            messages.error(request, refusal.reason)
        else:
            messages.success(request, _t("%(job)s was moved.") % {"job": row.job.number})
        return HttpResponseRedirect(request.get_full_path())

    def calendar_view(self, request):
        """A month of due days, `?month=2026-12`; what is late or falls behind says so."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        today = timezone.localdate()
        first = _month(request.GET.get("month", ""), today)
        found = weeks(first, today)
        context = {
            "weeks": found,
            "is_empty": not any(day["jobs"] for week in found for day in week),
            "month": date_format(first, "F Y"),
            "before": (first - timedelta(days=1)).strftime("%Y-%m"),
            "after": (first + timedelta(days=32)).strftime("%Y-%m"),
            "week_days": [date_format(date(2024, 1, day), "D") for day in range(1, 8)],  # a Monday first
            "way": "calendar",
        }
        return self._page(request, "admin/production/job_calendar.html", _t("Calendar"), context)

    def _page(self, request, template: str, title: str, context: dict):
        shared = {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        return TemplateResponse(request, template, {**shared, **context})


def _says(word: str) -> Q:
    return (
        Q(number__icontains=word) | Q(title__icontains=word) | Q(client__name__icontains=word)
        | Q(client__code__icontains=word)
    )  # fmt: skip


def columns(workspace, jobs: list[int], rest: str | None = None) -> list[Column]:
    """The standard milestones first, then those of other kinds of jobs, in the order they have there.

    Only the first of each column have cards; with `rest` it is that one column, and the others of it have.
    """
    steps: dict[int, list[Milestone]] = {}
    for row in Milestone.objects.filter(job__in=jobs, state="open").only("job", "name", "state", "planned_on"):
        steps.setdefault(row.job_id, []).append(row)
    standard = milestone_plan.standard(workspace)
    names = [row.name for row in standard.milestones.all()] if standard else []
    found = {name: Column(name, name) for name in names}
    done = Column(_t("All reached"), "")
    for job in jobs:
        name = steps[job][0].name if job in steps else ""
        column = found.setdefault(name, Column(name, name)) if name else done
        column.jobs.append(job)
    board, part = [*found.values(), done], slice(FIRST)
    if rest is not None:
        board, part = [next((column for column in board if column.key == rest), Column(rest, rest))], slice(FIRST, None)
    _draw(board, part, steps)
    return board


def _draw(board: list[Column], part: slice, steps: dict[int, list[Milestone]]) -> None:
    """Only the jobs with a card are read whole."""
    wanted = [job for column in board for job in column.jobs[part]]
    rows = {job.pk: job for job in Job.objects.filter(pk__in=wanted).select_related("client", "parent").only(*CARD)}
    today = timezone.localdate()
    for column in board:
        # One that is gone since the first look has no card.
        column.cards = [_card(rows[job], steps.get(job, []), today) for job in column.jobs[part] if job in rows]


def _card(job: Job, open_rows: list[Milestone], today: date) -> dict:
    return {
        "job": job,
        "is_late": job.due_on is not None and job.due_on < today and job.state in OPEN_JOB,
        "late": milestones.planned_late(open_rows, today),
        "choices": open_rows[1:],
        "last": open_rows[-1] if open_rows else None,
    }


def _month(text: str, today: date) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)


def weeks(first: date, today: date) -> list[list[dict]]:
    """The weeks of a month, each day with its jobs by priority."""
    days = list(Calendar().itermonthdates(first.year, first.month))
    jobs = Job.objects.filter(due_on__range=(days[0], days[-1])).exclude(state="cancelled").select_related("client")
    behind = set(milestones.behind().order_by().values_list("pk", flat=True))
    by_day: dict[date, list[Job]] = {}
    for job in jobs.order_by("-priority", "id"):
        job.is_late = job.state in OPEN_JOB and job.due_on < today
        job.is_behind = job.pk in behind
        by_day.setdefault(job.due_on, []).append(job)
    rows = [
        {"day": day, "jobs": by_day.get(day, []), "is_today": day == today, "is_outside": day.month != first.month}
        for day in days
    ]
    return [rows[start : start + 7] for start in range(0, len(rows), 7)]
