"""Checks of a product and of what runs today; pieces that were not good, decided and still open."""

from decimal import Decimal

from accounts import numbering
from laseros.demo.ground import Business
from production.models import LineCheck, NonConformance, Operation, Product, ProductCheck, Run
from production.quality import checking, deciding, planning

PAST = 14  # records of earlier runs with scrap
WORDS = {
    True: {
        "size": "Hole Ø 12.5",
        "edge": "Edges without burr",
        "photo": "First sheet photographed",
        "scratched": "scratched by the fork lift",
        "tight": "Bolts tightened to 25 Nm",
        "why": "the scratched side is welded over",
    },
    False: {
        "size": "Bohrung Ø 3,2",
        "edge": "Kanten ohne Fäden",
        "photo": "Erstes Teil fotografiert",
        "scratched": "beim Abnehmen verkratzt",
        "tight": "Gewindeeinsätze sitzen bündig",
        "why": "die verkratzte Seite wird verdeckt",
    },
}


def of_products(business: Business) -> None:
    words, (part, frame) = WORDS[business.is_laser], Product.objects.filter(steps__isnull=False).order_by("pk")[:2]
    nominal = Decimal("12.5") if business.is_laser else Decimal("3.2")
    rows = (
        ProductCheck(product=part, name=words["size"], nominal=nominal, tolerance=Decimal("0.1")),
        ProductCheck(product=part, name=words["edge"], kind="yes_no", how_often="every", every=10, position=2),
        ProductCheck(product=frame, name=words["tight"], kind="yes_no", how_often="once"),
    )
    for row in rows:
        row.workspace = business.workspace
        row.save()


def of_today(business: Business) -> None:
    """On what the machines are at: a hole that is too small and waits for a decision, a scratch that was accepted."""
    words, operator = WORDS[business.is_laser], business.people["operator"]
    of_the_past(business)
    operation = _looked_at()
    if operation is None:
        return
    nominal = Decimal("12.5") if business.is_laser else Decimal("3.2")
    size, edge, _photo = (
        planning.add(operation.job_line, check, business.people["office"])
        for check in (
            LineCheck(name=words["size"], nominal=nominal, tolerance=Decimal("0.1")),
            LineCheck(name=words["edge"], kind="yes_no", how_often="every", every=10),
            LineCheck(name=words["photo"], kind="photo", how_often="once", is_required=False),
        )
    )
    said = {"operation": operation, "by": operator}
    checking.record(size, seen=0, value=nominal + Decimal("0.04"), **said)
    checking.record(edge, seen=0, yes=True, **said)
    scratch = deciding.report(
        operation.job_line, operation, reason="surface", pieces=1, note=words["scratched"], by=operator
    )
    deciding.decide(scratch, "accept", business.people["manager"], why=words["why"])
    checking.record(size, seen=1, value=nominal - Decimal("0.18"), **said)


def _looked_at() -> Operation | None:
    """What is running, else what was made last and is still here."""
    rows = Operation.objects.filter(job_line__isnull=False).select_related("job_line", "machine")
    running = rows.filter(runs__state="running", runs__quantity__gt=2).order_by("pk").first()
    here = rows.filter(good__gt=2, job_line__delivered=0, job_line__job__state__in=("in_progress", "made"))
    return running or here.order_by("-pk").first()


def of_the_past(business: Business) -> None:
    """The latest runs that brought scrap, as they would have been written down."""
    rows = Run.objects.filter(scrap__gt=0, operation__job_line__isnull=False).select_related("operation__job_line")
    for number, run in enumerate(reversed(rows.order_by("-finished_at", "-pk")[:PAST])):
        line = run.operation.job_line
        NonConformance.objects.create(
            workspace=business.workspace, number=numbering.draw(business.workspace, "nonconformance", run.finished_at),
            job_id=line.job_id, job_line=line, operation=run.operation, run=run, machine_id=run.machine_id,
            product_id=line.product_id, item_id=line.item_id, pieces=run.scrap, state="scrapped",
            reason=("size", "burr", "surface")[number % 3] if business.is_laser else ("print", "surface")[number % 2],
            found_by=business.people["operator"], found_at=run.finished_at, decided_by=business.people["operator"],
            decided_at=run.finished_at,
        )  # fmt: skip
