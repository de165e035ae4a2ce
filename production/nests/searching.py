"""Searching a nest in the background: the best so far is stored as it is found, and can be stopped at any time.

A long search is done in slices, each a task of its own: no task runs longer than the queue allows, and a worker that
dies costs one slice. Whoever is not the latest search any more (`Nest.attempt`) stores nothing.
"""

import logging
import time

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts import activity, work
from laseros.core.errors import Refused
from laseros.core.retry import retried
from production import words
from production.models import Nest, NestSheet
from production.nests import layout as layouts
from production.nests import problem as problems
from production.nests import verified
from production.states import NEST

log = logging.getLogger(__name__)

SLICE_S = 45  # less than the queue allows, with room for a search that overshoots on a busy machine
LEAST_SLICE_S = 3
LOOK_S = 1.0  # how often the database is asked or told while searching


@retried
@transaction.atomic
def ask(nest: Nest, by) -> None:
    """Have it searched, or searched again; locked sheets stay as they are. Raises `Refused` ("nothing", "state")."""
    if not nest.parts.exists():
        raise Refused(_("There is nothing to nest yet: add parts first."), code="nothing")
    if not problems.sizes(nest):
        raise Refused(
            _("No sheet of %(material)s %(thickness)s mm fits on %(machine)s.")
            % {"material": nest.material, "thickness": f"{nest.thickness_mm.normalize():f}", "machine": nest.machine},
            code="no-sheet",
        )
    NEST.move(nest, "ask", progress=0, spent_s=0, reason="", attempt=F("attempt") + 1, version=F("version") + 1)
    nest.refresh_from_db()
    activity.record("queued", nest, by)
    work.queue(search_nest, nest.workspace, nest.pk, nest.attempt, subject=nest.number, by=by)


@retried
@transaction.atomic
def stop(nest: Nest, by) -> None:
    """Enough searched: the best so far is the answer. The search itself notices within a second or two."""
    fresh = Nest.objects.get(pk=nest.pk)
    if fresh.state == "ready":
        return  # it ended by itself while the button was being pressed
    move = "settle" if fresh.sheets.exists() else "fail"
    reason = "" if move == "settle" else _("It was stopped before anything was found.")
    NEST.move(fresh, move, reason=reason, attempt=F("attempt") + 1, version=F("version") + 1)
    if move == "settle":
        _time_all(fresh)
    activity.record("paused", fresh, by, details={"why": _("stopped searching")})


@work.task(gettext_noop("search a nest"))
def search_nest(pk: int, attempt: int) -> None:
    """One slice of a search. Harmless to run twice."""
    nest = Nest.objects.select_related("machine", "material", "workspace").filter(pk=pk, attempt=attempt).first()
    if nest is None or not NEST.try_move(nest, "search"):
        return
    search = _Search(nest)
    try:
        search.run()
    except Refused as refusal:
        search.fail(str(refusal.reason))
    except Exception:
        log.exception("searching nest %s", pk)
        search.fail(_("The search broke down. Please try again, with fewer parts if it happens twice."))


class _Search:
    """One slice: what is asked, the best so far, and the clock."""

    def __init__(self, nest: Nest):
        self.nest = nest
        self.began = self.looked = time.monotonic()
        self.wanted = True
        self.why: dict[int, str] = {}

    def run(self) -> None:
        from production.nesting import nest as search

        nest = self.nest
        self.parts = problems.Parts(nest)
        self.kept = list(nest.sheets.filter(locked=True).order_by("position"))
        before = list(nest.sheets.filter(locked=False).order_by("position"))
        self.problem = problems.of(nest, self.parts, self.kept, locks=before)
        start = layouts.as_layout(before)
        self.best = self._score_of(before, start)
        seconds = min(max(nest.seconds - nest.spent_s, min(LEAST_SLICE_S, nest.seconds)), SLICE_S)
        if self.problem["parts"] and self.problem["sheets"]:
            # It goes on from what is on the screen: a slice later, asked for again, or moved about by hand.
            found = search(self.problem, seconds, self.report, self.stopped, start if self.best else None)
            self.take(found.as_dict())
        self._end()

    def _score_of(self, sheets: list[NestSheet], layout: dict) -> tuple | None:
        """The score of what is stored, where it is still an answer to the question."""
        if not sheets or verified.faults(self.problem, layout):
            return None
        return layouts.score(sheets, self.parts)

    def report(self, found, _at: float) -> None:
        """A better layout was found."""
        self.take(found.as_dict())

    def stopped(self) -> bool:
        """Asked several times a second; tells the page how far it is and looks whether anybody still wants it."""
        now = time.monotonic()
        if self.wanted and now - self.looked >= LOOK_S:
            self.looked = now
            progress = min((self.nest.spent_s + now - self.began) / self.nest.seconds, 0.99)
            self.wanted = bool(self._mine().update(progress=progress, version=F("version") + 1))
        return not self.wanted

    def _mine(self):
        return Nest._base_manager.filter(pk=self.nest.pk, attempt=self.nest.attempt, state="searching")

    def take(self, found: dict) -> None:
        """Store a layout if it is better than the best so far. One that breaks a rule is an error, not an answer."""
        self.why = {int(row["part"]): words.said(row["reason"]) for row in found["unplaced"]}
        if not found["sheets"]:
            return
        faults = verified.faults(self.problem, found)
        if faults:
            log.error("nest %s: a layout that breaks the rules: %s", self.nest.pk, faults[:3])
            return
        _keep_locks(self.problem, found)
        rows = layouts.rows(self.nest, found, self.parts, first=len(self.kept) + 1)
        score = layouts.score(rows, self.parts)
        if self.best is None or score > self.best:
            self.best = score
            self._store(rows)

    @retried
    @transaction.atomic
    def _store(self, rows: list[NestSheet]) -> None:
        utilisation = layouts.overall([*self.kept, *rows])
        if not self._mine().update(utilisation=utilisation, version=F("version") + 1):
            self.wanted = False
            return
        NestSheet._base_manager.filter(nest=self.nest, locked=False).delete()
        for position, sheet in enumerate(self.kept, start=1):
            if sheet.position != position:
                NestSheet._base_manager.filter(pk=sheet.pk).update(position=position)
                sheet.position = position
        NestSheet.objects.bulk_create(rows)

    @retried
    @transaction.atomic
    def _end(self) -> None:
        nest = self.nest
        spent = nest.spent_s + time.monotonic() - self.began
        if not self._mine().update(spent_s=spent):
            return
        nothing = not nest.sheets.exists()
        if nest.seconds - spent > LEAST_SLICE_S and not nothing and self.problem["parts"]:
            work.queue(search_nest, nest.workspace, nest.pk, nest.attempt, subject=nest.number)
            return
        if nothing:
            NEST.move(nest, "fail", reason=self._why_nothing(), version=F("version") + 1)
            return
        sheets = list(nest.sheets.order_by("position"))
        unplaced = layouts.missing(self.parts, sheets, self.why)
        NEST.move(nest, "settle", progress=1, unplaced=unplaced, version=F("version") + 1)
        _time_all(nest, self.parts)
        activity.record("nested", nest, details={"utilisation": f"{layouts.overall(sheets):.1%}"})

    def _why_nothing(self) -> str:
        if not self.problem["sheets"]:
            return _("No sheet of this material and thickness is in stock.")
        return _("Not one of the parts fits on a sheet.")

    def fail(self, reason: str) -> None:
        if self._mine().exists():
            NEST.try_move(self.nest, "fail", reason=reason[:300], version=F("version") + 1)


def _keep_locks(problem: dict, found: dict) -> None:
    """Pieces that were locked stay marked as such."""
    locked = {
        (part["id"], lock["sheet"], round(lock["x_mm"], 3), round(lock["y_mm"], 3))
        for part in problem["parts"]
        for lock in part["fixed"]
    }
    for sheet in found["sheets"] if locked else ():
        for place in sheet["placements"]:
            key = (place["part"], sheet["id"], round(place["x_mm"], 3), round(place["y_mm"], 3))
            place["locked"] = key in locked


def _time_all(nest: Nest, parts: problems.Parts | None = None) -> None:
    parts = parts or problems.Parts(nest)
    for row in nest.sheets.order_by("position"):
        found = layouts.time_of(row, nest, parts)
        NestSheet._base_manager.filter(pk=row.pk).update(seconds=found.seconds if found else None)
