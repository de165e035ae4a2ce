"""Ground for the tests of production: an ordered job, made through the verb."""

from datetime import date
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django_scopes import scope

from laseros.tests.ground import Shop
from laseros.tests.laid import laid_further
from production import enquiries, jobs, queue, runs
from production.models import Enquiry, Job, Operation, Run

# Two squares of 100 mm, one with a hole of 20 mm: plain enough to know every figure.
SQUARE = b"""0\nSECTION\n2\nHEADER\n9\n$INSUNITS\n70\n4\n0\nENDSEC\n0\nSECTION\n2\nENTITIES
0\nLWPOLYLINE\n8\n0\n90\n4\n70\n1\n10\n0\n20\n0\n10\n100\n20\n0\n10\n100\n20\n100\n10\n0\n20\n100
0\nCIRCLE\n8\n0\n10\n50\n20\n50\n40\n10\n0\nENDSEC\n0\nEOF\n"""


def upload(name: str = "bracket.dxf", content: bytes = SQUARE) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/octet-stream")


def new_enquiry(shop: Shop, by=None, title: str = "Brackets") -> Enquiry:
    with scope(workspace=shop.workspace):
        enquiry = Enquiry(workspace=shop.workspace, client=shop.client, contact=shop.contact, title=title)
        return enquiries.take(enquiry, by)


def line(shop: Shop, **fields) -> jobs.NewLine:
    return {
        "description": "Bracket",
        "quantity": 20,
        "unit_price": Decimal("45.50"),
        "tax_percent": Decimal(15),
        "item": shop.sheet,
        "material_each": Decimal("0.05"),
        "seconds_each": 30.0,
        **fields,
    }


def new_job(shop: Shop, key: str = "quote:1", by=None, lines=None, **fields) -> Job:
    fields = {"despite": "the client wants it", **fields}
    lines = lines or [line(shop)]

    def order() -> Job:
        return jobs.open_from(
            shop.client, key=key, title="Brackets", lines=lines, contact=shop.contact, by=by, **fields
        )

    said, of = _said([*lines, fields])
    with scope(workspace=shop.workspace):
        return laid_further(("job", key, repr(said)), order, shop, by, of) if said else order()


PLAIN = (str, int, float, Decimal, date, type(None))


def _said(asked: list[dict]) -> tuple[list[dict], list[Model]]:
    """What is asked for in plain values, and the records it speaks of; nothing where it speaks of more."""
    values = [value for each in asked for value in each.values()]
    of = [value for value in values if isinstance(value, Model)]
    if not all(isinstance(value, (*PLAIN, Model)) for value in values):
        return [], []
    plain = [
        {name: (value._meta.label, value.pk) if isinstance(value, Model) else value for name, value in each.items()}
        for each in asked
    ]
    return plain, of


def operation_of(job: Job) -> Operation:
    with scope(workspace=job.workspace):
        return Operation.objects.select_related("job_line__job", "machine").get(job_line__job=job)


def started(shop: Shop, by, operation: Operation | None = None) -> Run:
    """A run on the laser, of what an ordered job has to do there if of nothing else."""

    def start() -> Run:
        return runs.start(operation or operation_of(new_job(shop)), shop.laser, by)

    with scope(workspace=shop.workspace):
        return laid_further(("run", operation is None), start, shop, by, [operation] if operation else [])


def order(shop: Shop) -> list[int]:
    """What waits at the laser, first things first."""
    with scope(workspace=shop.workspace):
        return list(queue.waiting(shop.laser).values_list("pk", flat=True))
