"""A history, planned: who asked for what, when it was quoted, made, invoiced and paid. Plain data, no database.

Every order's whole life is planned first and then cut off at `now`: what would lie in the future has not happened.
"""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.translation import gettext_noop as _

from billing.pricing import Priced

WORKING_HOURS = range(7, 17)
DECLINES = (_("Too expensive"), _("Project postponed"), _("Found another supplier"), _("Delivery too late"))


@dataclass(frozen=True)
class Part:
    """Something clients order: a drawing in a stock sheet, or a print."""

    title: str
    item: tuple[str, str]
    design: str = ""
    grams: str = ""
    minutes: str = ""
    quantities: tuple[int, ...] = (1, 2, 5, 10, 20, 50)


@dataclass
class PlannedLine:
    part: Part
    quantity: int
    priced: Priced


@dataclass
class PlannedRun:
    line: int
    machine: int
    started: dt.datetime
    finished: dt.datetime
    good: int
    scrap: int
    estimated: float


@dataclass
class Order:
    client: int
    title: str
    taken: dt.datetime
    lines: list[PlannedLine]
    due: dt.date
    sent: dt.datetime | None = None
    decided: dt.datetime | None = None
    decision: str = ""  # accepted, declined, expired
    reason: str = ""
    runs: list[PlannedRun] = field(default_factory=list)
    made: dt.datetime | None = None
    invoiced: dt.datetime | None = None
    payments: list[tuple[dt.datetime, float]] = field(default_factory=list)  # (when, share of the total)


@dataclass
class Plan:
    """What the planner needs to know of a business."""

    parts: tuple[Part, ...]
    price: Callable[[Part, int], Priced]
    clients: int
    machines: int
    payment_days: int
    now: dt.datetime


class Planner:
    def __init__(self, plan: Plan, seed: str):
        self.plan = plan
        self.chance = random.Random(seed)  # noqa: S311 — the same demo each time, no secret
        self.machine_free = [dt.datetime.min.replace(tzinfo=dt.UTC)] * plan.machines

    def orders(self, count: int, start: dt.datetime, end: dt.datetime, *, settled=False) -> list[Order]:
        """`count` orders taken between `start` and `end`, in time; `settled` ones are all brought to an end."""
        step = (end - start) / count
        taken = [self._taken(start + step * (number + self.chance.random())) for number in range(count)]
        return [self._order(moment, settled) for moment in sorted(taken)]

    def _taken(self, moment):
        """When the order came in: at work, and never after now (today may be a Sunday)."""
        moment = self._working_time(moment)
        while moment > self.plan.now or not _at_work(moment):
            moment -= dt.timedelta(hours=1)
        return moment

    def _order(self, taken, settled) -> Order:
        lines = [self._line() for _n in range(self.chance.choices((1, 2, 3), (60, 28, 12))[0])]
        # A few good clients order again and again; the rest come once in a while.
        client = min(int(self.chance.paretovariate(0.9)) - 1, self.plan.clients - 1)
        if self.chance.random() < 0.4:
            client = self.chance.randrange(self.plan.clients)
        order = Order(
            client, ", ".join(dict.fromkeys(line.part.title for line in lines)), taken, lines, due=taken.date()
        )
        order.sent = self._later(taken, 0.1, 1.5)
        self._decide(order, settled)
        if order.decision == "accepted":
            self._make(order, settled)
        return order if settled else self._cut(order)

    def _line(self) -> PlannedLine:
        part = self.chance.choice(self.plan.parts)
        quantity = self.chance.choice(part.quantities)
        return PlannedLine(part, quantity, self.plan.price(part, quantity))

    def _decide(self, order, settled):
        order.decided = self._later(order.sent, 0.2, 4)
        order.decision = self.chance.choices(("accepted", "declined", "expired"), (82, 11, 7))[0]
        if order.decision == "declined":
            order.reason = self.chance.choice(DECLINES)
        elif order.decision == "expired":
            order.decided = order.sent + dt.timedelta(days=30)
        order.due = self._working_time(order.decided + dt.timedelta(days=self.chance.randint(8, 14))).date()

    def _make(self, order, settled):
        late = self.chance.random() < 0.12
        begin = self._later(order.decided, *((9, 15) if late else (1.5, 6)))
        for number, line in enumerate(order.lines):
            missing = line.quantity
            while missing:
                begin, missing = self._run(order, number, line, begin, missing, settled)
        order.made = max(run.finished for run in order.runs)
        order.invoiced = self._later(order.made, 0.1, 2)
        self._pay(order, settled)

    def _run(self, order, number, line, begin, missing, settled):
        machine = self.chance.randrange(self.plan.machines)
        if not settled:  # one thing at a time on a machine
            begin = self._working_time(max(begin, self.machine_free[machine]))
        scrap = 0
        if self.chance.random() < 0.07:
            scrap = min(missing, self.chance.randint(1, max(1, missing // 8)))
        estimated = line.priced.seconds_each
        estimated = float(estimated) * missing
        # Thin stainless takes longer than its table says: what the page about estimates and runs is for.
        usual = 1.18 if line.part.item == ("SS", "1.5") else 1.0
        took = estimated * self.chance.uniform(0.92, 1.12) * usual + 5
        finished = begin + dt.timedelta(seconds=took)
        self.machine_free[machine] = finished
        order.runs.append(PlannedRun(number, machine, begin, finished, missing - scrap, scrap, estimated))
        return self._later(finished, 0.02, 0.2), scrap

    def _pay(self, order, settled):
        # Long ago, hardly anybody still owes anything.
        weights = (76, 14, 9.4, 0.3, 0.3) if settled else (72, 13, 9, 3, 3)
        if order.client == 0:  # the one whose portal the demo shows pays in the end
            weights = (84, 4, 12, 0, 0)
        kind = self.chance.choices(("once", "late", "parts", "part", "never"), weights)[0]
        days = self.plan.payment_days
        if kind == "once":
            order.payments = [(self._later(order.invoiced, 1, days), 1.0)]
        elif kind == "late":
            order.payments = [(self._later(order.invoiced, days + 2, days + 25), 1.0)]
        elif kind == "parts":
            first = self._later(order.invoiced, 1, days)
            order.payments = [(first, 0.5), (self._later(first, 3, 14), 0.5)]
        elif kind == "part":
            order.payments = [(self._later(order.invoiced, 1, days), 0.4)]

    def _cut(self, order) -> Order:
        """Take away whatever lies after now."""
        now = self.plan.now
        if order.sent > now:
            order.sent = None
        if order.decided > now or order.sent is None:
            order.decided, order.decision, order.reason = None, "", ""
        order.runs = [run for run in order.runs if run.finished <= now] if order.decision == "accepted" else []
        made = sum(run.good for run in order.runs)
        if order.made is None or order.made > now or made < sum(line.quantity for line in order.lines):
            order.made = order.invoiced = None
        if order.invoiced is not None and order.invoiced > now:
            order.invoiced = None
        order.payments = [paid for paid in order.payments if order.invoiced and paid[0] <= now]
        return order

    def _later(self, moment, least_days, most_days):
        return self._working_time(moment + dt.timedelta(days=self.chance.uniform(least_days, most_days)))

    def _working_time(self, moment):
        """The same moment, or the next one at which somebody is at work."""
        while not _at_work(moment):
            moment = (moment + dt.timedelta(hours=1)).replace(minute=self.chance.randrange(60))
        return moment


def _at_work(moment: dt.datetime) -> bool:
    return moment.weekday() <= 4 and moment.hour in WORKING_HOURS
