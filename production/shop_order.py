"""The work order for the shop as a PDF: the job sheet with its codes, drawings, material, milestones and checks.

The client's is `production.work_order`; this one carries notes and inner milestones too, and no price.
"""

from django.utils import timezone, translation

from accounts.documents import pdf, pictures
from accounts.documents.letterhead import day
from production import shortages, traveller, work_order
from production.models import Job, JobLine
from production.quality import showing

DRAWING_MM = 42
MOST_DRAWINGS = 40


def shop_pdf(job: Job) -> bytes:
    """The PDF as things are now, in the language of the business."""
    locale = job.workspace.locale
    leaves = traveller.leaves(job)
    rows = [_leaf(leaf, number) for number, leaf in enumerate(leaves)]
    with translation.override(job.workspace.language):
        hand = [
            {"line": line, "checks": _checks(traveller.boxes_of(line, line.missing))} for line in showing.by_hand(job)
        ]
        for row, leaf in zip(rows, leaves, strict=True):
            row["checks"] = _checks(leaf.boxes)
    context = {
        **work_order.head(job),
        "code": pictures.qr(traveller.job_address(job)),
        "leaves": rows,
        "by_hand": hand,
        "material": shortages.material(shortages.lines_of(job)),
        "steps": [
            {
                "row": row,
                "planned": day(row.planned_on, locale),
                "reached": day(timezone.localdate(row.at), locale) if row.at and row.state != "open" else "",
            }
            for row in job.milestones.all()
        ],
    }
    return pdf.render("documents/shop_order.html", context, job.workspace.language)


def file_name(job: Job) -> str:
    return f"{job.number}-shop.pdf"


def _leaf(leaf: traveller.Leaf, number: int) -> dict:
    picture = _drawing(leaf.operation.job_line) if number < MOST_DRAWINGS else None
    return {"leaf": leaf, "code": pictures.qr(leaf.address), "picture": picture}


def _drawing(line: JobLine) -> dict | None:
    measurement = getattr(line.design_file, "measurement", None) if line.design_file else None
    return pictures.drawing(measurement.preview, DRAWING_MM) if measurement is not None else None


def _checks(boxes: list[tuple]) -> list[dict]:
    """A tick for yes or a photograph, a line to write a size on, as many as there are pieces to check."""
    return [
        {"check": check, "boxes": " ".join(("_____" if check.kind == "measure" else "☐") for _number in numbers)}
        for check, numbers in boxes
    ]
