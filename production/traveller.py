"""The sheet that travels with a job: what to make, from what, and a code a scanner opens the work with. No price."""

from dataclasses import dataclass
from io import BytesIO
from math import ceil

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import mark_safe

from inventory.scanning import codes
from production import drawings
from production.models import Job, JobLine, LineCheck, Operation
from production.quality import showing

MOST_BOXES = 10


@dataclass(frozen=True)
class Leaf:
    """One operation on the sheet."""

    operation: Operation
    code: str  # an SVG of ours
    address: str
    drawn: bool
    mass_kg: object

    @property
    def boxes(self) -> list[tuple]:
        """(check, numbers of the boxes to be filled in)."""
        return boxes_of(self.operation.job_line, self.operation.left)


def leaves(job: Job) -> list[Leaf]:
    related = ("machine", "job_line__item__material", "job_line__design_file__measurement")
    rows = Operation.objects.filter(job_line__job=job).exclude(state="cancelled").select_related(*related)
    rows = rows.prefetch_related("job_line__checks").order_by("job_line__position", "id")
    return [_leaf(operation) for operation in rows]


def by_hand(job: Job) -> list[tuple]:
    """(line, its checks with their boxes) of what no machine makes."""
    return [(line, boxes_of(line, line.missing)) for line in showing.checked_by_hand(job)]


def boxes_of(line: JobLine, pieces: int) -> list[tuple]:
    """(check, numbers of the boxes to be filled in) for so many pieces of a line."""
    return [(check, _boxes(check, pieces)) for check in line.checks.all()]


def _boxes(check: LineCheck, pieces: int) -> range:
    """As many as it is done, on paper at most a line of them."""
    per = {"each": pieces, "every": ceil(pieces / (check.every or 1))}
    return range(1, min(max(per.get(check.how_often, 1), 1), MOST_BOXES) + 1)


def job_code(job: Job) -> str:
    """The code that opens the whole job on a phone."""
    return code_of(job_address(job))


def job_address(job: Job) -> str:
    return codes.address(job.workspace.slug, "job", job.number)


def _leaf(operation: Operation) -> Leaf:
    line = operation.job_line
    measurement = getattr(line.design_file, "measurement", None) if line.design_file else None
    address = f"{settings.BASE_URL}{reverse('floor:operation', args=[operation.pk])}"
    mass = drawings.mass_kg(measurement, line.item) if measurement else None
    return Leaf(operation, code_of(address), address, bool(measurement and measurement.preview), mass)


def code_of(text: str) -> str:
    """A QR code as SVG, black on whatever is under it."""
    import qrcode
    from qrcode.image.svg import SvgPathImage

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=2)
    code.add_data(text)
    out = BytesIO()
    code.make_image(image_factory=SvgPathImage).save(out)
    return mark_safe(out.getvalue().decode().split("?>", 1)[-1].strip())  # noqa: S308 drawn here from our own address
