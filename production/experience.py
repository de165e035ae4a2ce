"""What runs say about estimates: how far they drift, and which feed and pierce time would have met them.

Medians throughout: a run during which somebody had lunch moves nothing.
"""

import itertools
import math
import statistics
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from production import cutting, drawings
from production.models import CuttingParameter, Run
from production.nests import layout as layouts
from production.nests.problem import Parts

LEAST_RUNS = 5
LATEST = 60
LEAST_SECONDS = 60  # a shorter run says more of the operator than of the machine
MOST_LOOKED_AT = 3000
OFF_PERCENT = 10  # what is worth a warning on a quote
MOST_DRAWINGS = 12
MOST_SEGMENTS = 20_000
STRAY = 0.01  # how much better a fit must be for every e-fold it leaves the present values by


@dataclass(frozen=True)
class Drift:
    """Runs against their estimates: `percent` is the median of (actual / estimate - 1) × 100, half of all runs lie
    between `low` and `high`."""

    runs: int
    percent: int
    low: int
    high: int

    @property
    def is_off(self) -> bool:
        return abs(self.percent) >= OFF_PERCENT


@dataclass(frozen=True)
class Proposal:
    """Other values for a row, with the median error of its runs before and after, in percent."""

    feed_mm_min: int
    pierce_s: float
    runs: int
    error_before: float
    error_after: float

    @property
    def better(self) -> bool:
        return self.error_after < self.error_before - 1


def runs_of(row: CuttingParameter) -> QuerySet[Run]:
    """Finished runs of the row's machine on its material, the latest first; of another version only those since.

    Runs estimated at less than a minute are left out.
    """
    runs = _finished().filter(machine_id=row.machine_id, material=row.material_id, thickness=row.thickness_mm)
    if row.version > 1 and row.confirmed_at:
        # What was estimated with other values says nothing about these.
        runs = runs.filter(operation__created_at__gte=row.confirmed_at)
    return runs.order_by("-id")


def _finished() -> QuerySet[Run]:
    """Runs that can teach, each with the material and thickness it cut: of its line, or of its sheet of a nest."""
    runs = Run.objects.filter(state="finished", estimated_seconds__gte=LEAST_SECONDS, finished_at__isnull=False)
    return runs.filter(Q(good__gt=0) | Q(scrap__gt=0) | Q(operation__sheet__isnull=False)).annotate(
        material=Coalesce("operation__sheet__item__material_id", "operation__job_line__item__material_id"),
        thickness=Coalesce("operation__sheet__item__thickness_mm", "operation__job_line__item__thickness_mm"),
        of_sheet=F("operation__sheet_id"),
        loading=F("machine__load_seconds"),
    )


def seconds_of(run: Run) -> float:
    """What it took, pauses taken off."""
    return (run.finished_at - run.started_at).total_seconds() - run.paused_seconds


def ratio(run: Run) -> float:
    """Actual by estimated time, for as much of the run as was made; a sheet of a nest is cut whole or not at all."""
    if run.of_sheet:  # its estimate is that of cutting alone
        return seconds_of(run) / (run.estimated_seconds + run.loading)
    return seconds_of(run) / (run.estimated_seconds * (run.good + run.scrap) / run.quantity)


def of(row: CuttingParameter) -> Drift | None:
    """How the latest runs lie against their estimates; None with fewer than five."""
    return drift([ratio(run) for run in runs_of(row)[:LATEST]])


def all_of(rows: Iterable[CuttingParameter]) -> list[tuple[CuttingParameter, Drift | None]]:
    """Each row with its drift, whatever their number in one question to the database."""
    rows = list(rows)
    runs = _finished().filter(
        machine__in={row.machine_id for row in rows}, material__in={row.material_id for row in rows},
        thickness__in={row.thickness_mm for row in rows},
    )  # fmt: skip
    runs = runs.annotate(asked_at=F("operation__created_at")).order_by("-id")[:MOST_LOOKED_AT]
    grouped: dict[tuple, list[Run]] = {}
    for run in runs:
        grouped.setdefault((run.machine_id, run.material, run.thickness), []).append(run)
    return [(row, drift(_ratios(row, grouped))) for row in rows]


def _ratios(row: CuttingParameter, grouped: dict) -> list[float]:
    since = row.confirmed_at if row.version > 1 else None
    runs = grouped.get((row.machine_id, row.material_id, row.thickness_mm), ())
    return [ratio(run) for run in runs if not since or run.asked_at >= since][:LATEST]


def drift(ratios: list[float]) -> Drift | None:
    if len(ratios) < LEAST_RUNS:
        return None
    low, middle, high = statistics.quantiles(ratios, n=4, method="inclusive")
    return Drift(len(ratios), *(round((value - 1) * 100) for value in (middle, low, high)))


@dataclass(frozen=True)
class _Seen:
    """A run as the fit sees it: seconds for one piece, or one sheet, without loading, and its contours and pierces."""

    contours: tuple
    drawing: tuple  # what tells equal contours
    pierces: int
    seconds: float


def proposal(row: CuttingParameter) -> Proposal | None:
    """The feed and pierce time that meet the runs best; None with fewer than five whose drawings are known.

    For each feed tried the pierce time is the median that the runs leave for it; the feed is the one with the least
    median error, and what strays far from the present values has to earn it.
    """
    seen = _seen(row)
    if len(seen) < LEAST_RUNS:
        return None
    model = _Model(row, seen)
    now = float(row.pierce_s)
    before = model.error(row.feed_mm_min, now)
    coarse = [row.feed_mm_min * step / 100 for step in range(50, 155, 5)]
    best = min((model.fitted(feed) for feed in coarse), key=lambda fit: fit[0])
    around = [best[1] * step / 100 for step in range(96, 105)]
    _score, feed, pierce = min((model.fitted(feed) for feed in around), key=lambda fit: fit[0])
    feed, pierce = round(feed / 10) * 10 or 10, round(pierce, 2)
    after = model.error(feed, pierce)
    return Proposal(feed, pierce, len(seen), round(before * 100, 1), round(after * 100, 1))


class _Model:
    """Modelled seconds of the seen drawings at any feed, each pair worked out once."""

    def __init__(self, row: CuttingParameter, seen: list[_Seen]):
        self.row, self.seen, self._cut = row, seen, {}

    def cut(self, one: _Seen, feed: float) -> float:
        """Seconds of a piece without its pierces."""
        key = (one.drawing, feed)
        if key not in self._cut:
            self._cut[key] = cutting.time_of(list(one.contours), self.row, feed_mm_min=feed, pierce_s=0).seconds
        return self._cut[key]

    def error(self, feed: float, pierce: float) -> float:
        return statistics.median(
            abs(self.cut(one, feed) + pierce * one.pierces - one.seconds) / one.seconds for one in self.seen
        )

    def fitted(self, feed: float) -> tuple[float, float, float]:
        """(score, feed, pierce time) with the pierce time that the runs leave for this feed."""
        left = statistics.median((one.seconds - self.cut(one, feed)) / one.pierces for one in self.seen)
        now = float(self.row.pierce_s)
        pierce = min(max(left, 0.02), max(5 * now, 1.0))
        strays = abs(math.log(feed / self.row.feed_mm_min)) + abs(math.log(pierce / max(now, 0.02)))
        return self.error(feed, pierce) + STRAY * strays, feed, pierce


def _seen(row: CuttingParameter) -> list[_Seen]:
    runs = runs_of(row).filter(
        Q(operation__sheet__isnull=False) | Q(operation__job_line__design_file__measurement__isnull=False)
    )
    runs = runs.select_related("operation__job_line__design_file__measurement", "operation__sheet__nest").annotate(
        sheets_each=F("operation__job_line__material_each")
    )
    kept, found, room = {}, [], MOST_SEGMENTS
    for run in itertools.islice(runs, LATEST):
        key = ("sheet", run.of_sheet) if run.of_sheet else ("drawing", run.operation.job_line.design_file_id)
        if key not in kept:
            contours = _contours(run) if len(kept) < MOST_DRAWINGS else []
            size = sum(len(contour["segments"]) for contour in contours)
            kept[key] = tuple(contours) if size <= room else ()
            room -= size if size <= room else 0
        contours = kept[key]
        pieces, sheets = (1, 1.0) if run.of_sheet else (run.good + run.scrap, float(run.sheets_each))
        seconds = seconds_of(run) / pieces - row.machine.load_seconds * sheets
        if contours and seconds > 0:
            pierces = len(contours) * (1 + row.micro_joints)
            found.append(_Seen(contours, key, pierces, seconds))
    return found


def _contours(run: Run) -> list[dict]:
    """What one piece, or one sheet, of a run is cut along."""
    if not run.of_sheet:
        return drawings.contours_of(run.operation.job_line.design_file.measurement)
    sheet = run.operation.sheet
    return layouts.contours_of(sheet, Parts(sheet.nest))
