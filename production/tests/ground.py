"""Ground for the tests of production: an ordered job, made through the verb."""

from datetime import date
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django_scopes import scope

from laseros.tests.ground import Shop
from laseros.tests.laid import laid_further
from production import enquiries, jobs, queue
from production.models import Enquiry, Job, Operation

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

    with scope(workspace=shop.workspace):
        try:
            asked = [_said(shop, each) for each in (*lines, fields)]
        except LookupError:
            return order()
        return laid_further(("job", key, repr(asked)), order, shop, by)


PLAIN = (str, int, float, Decimal, date, type(None))


def _said(shop: Shop, fields: dict) -> dict:
    """What is asked for, where it is said by plain values and by what is the shop's; `LookupError` where by more."""
    names = {id(each): name for name, each in vars(shop).items()}
    return {name: each if isinstance(each, PLAIN) else names[id(each)] for name, each in fields.items()}


def operation_of(job: Job) -> Operation:
    with scope(workspace=job.workspace):
        return Operation.objects.select_related("job_line__job", "machine").get(job_line__job=job)


def order(shop: Shop) -> list[int]:
    """What waits at the laser, first things first."""
    with scope(workspace=shop.workspace):
        return list(queue.waiting(shop.laser).values_list("pk", flat=True))
