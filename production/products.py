"""Verbs about products: registering one, a new revision of its drawing, pictures, and making one from a drawing."""

import base64
from collections.abc import Iterable
from decimal import Decimal

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import activity, numbering
from inventory.models import Item
from laseros.core.errors import Refused
from laseros.core.retry import retried
from production import drawings, recipes
from production.models import (
    Component,
    DesignFile,
    Enquiry,
    EnquiryLine,
    Product,
    ProductPicture,
    ProductRevision,
    Step,
)

ASSEMBLY = "ASM"  # in the SKU of what has no material of its own
MOST_PICTURE_BYTES = 8 * 1024 * 1024
MOST_PICTURES = 12
MOST_REVISIONS = 9_999


@retried
@transaction.atomic
def register(product: Product, by) -> Product:
    """Store a new product under the next SKU of its material and thickness: SKU-MS3-0001, an assembly SKU-ASM-0001."""
    thickness = f"{product.thickness_mm.normalize():f}" if product.thickness_mm else ""
    material = product.material.code if product.material else ASSEMBLY
    product.sku = numbering.draw(product.workspace, "product", material=material, thickness=thickness)
    product.save()
    if product.design_file_id is not None:
        _revise(product, product.design_file, "", by)
    activity.record("created", product, by)
    return product


def _revise(product: Product, row: DesignFile, note: str, by) -> ProductRevision:
    return ProductRevision.objects.create(
        workspace_id=product.workspace_id,
        product=product,
        number=product.revision,
        design_file=row,
        note=note[:200],
        by=by if getattr(by, "pk", None) else None,
    )


@retried
@transaction.atomic
def revise(product: Product, row: DesignFile, by, *, note: str = "") -> ProductRevision:
    """A new drawing is a new revision. Jobs keep the drawing they were opened with.

    Raises `Refused` with code "drawing", "same" or "archived".
    """
    if row.workspace_id != product.workspace_id:
        raise Refused(_("There is no such drawing."), code="drawing")
    # Two at once: the second waits here, and is the next revision.
    if not Product._base_manager.filter(pk=product.pk, archived_at=None).update(revision=F("revision")):
        raise Refused(_("%(product)s is archived.") % {"product": product}, code="archived")
    product.refresh_from_db()
    if product.design_file_id is not None and product.design_file.sha256 == row.sha256:
        raise Refused(_("This is the drawing it is made by already."), code="same")
    if product.revisions.exists():
        product.revision += 1
    elif product.design_file_id is not None:  # it had a drawing before there were revisions
        _revise(product, product.design_file, "", by)
        product.revision += 1
    product.design_file = row
    product.save(update_fields=["design_file", "revision"])
    found = _revise(product, row, note, by)
    activity.record("changed", product, by, details={"version": found.number, "what": row.name, "note": note})
    return found


def revise_by(product: Product, upload, by, *, note: str = "") -> ProductRevision:
    """The same with a file somebody uploads."""
    return revise(product, drawings.receive(product.workspace, upload, by=by), by, note=note)


def add_picture(product: Product, upload, by, *, caption: str = "") -> ProductPicture:
    """Keep a photograph of a product, drawn anew in a process of its own. Raises `Refused`."""
    from laseros.core import sandbox

    if upload.size > MOST_PICTURE_BYTES:
        raise Refused(_("The picture is larger than 8 MB."), code="too-large")
    content = base64.b64encode(upload.read()).decode()
    try:
        drawn = sandbox.run("laseros.core.pictures:redraw", content, seconds=15, cpu_seconds=10, memory_mb=768)
    except sandbox.SandboxError:
        raise Refused(_("This is not a PNG or JPEG picture we can read."), code="not-a-picture") from None
    return _add_picture(product, ContentFile(base64.b64decode(drawn), name="product.png"), caption, by)


@retried
@transaction.atomic
def _add_picture(product: Product, content: ContentFile, caption: str, by) -> ProductPicture:
    Product._base_manager.filter(pk=product.pk).update(revision=F("revision"))
    if product.pictures.count() >= MOST_PICTURES:
        raise Refused(_("There are %(most)s pictures already.") % {"most": MOST_PICTURES}, code="too-many")
    picture = ProductPicture(workspace_id=product.workspace_id, product=product, caption=caption[:120])
    content.seek(0)
    picture.content.save(f"{product.workspace_id}/{product.pk}.png", content, save=False)
    picture.save()
    activity.record("uploaded", product, by, details={"what": caption or _("picture")})
    return picture


# --- from what there is -----------------------------------------------------------------------------------------------


def make_from(
    row: DesignFile, by, *, item: Item | None = None, name: str = "", price: Decimal | None = None
) -> Product:
    """A product from a drawing: its material, its recipe of one sheet's area and one cut. One for each drawing and
    material; asked again it answers the one there is."""
    return _make(row, item, (name or row.name.rpartition(".")[0] or row.name)[:160], price, by)


def make_from_line(line: EnquiryLine, by) -> Product:
    """A product from a part somebody asked for; the part is then that product."""
    if line.product is not None:
        return line.product
    if line.design_file is None:
        raise Refused(_("“%(part)s” has no drawing.") % {"part": line.description}, code="drawing")
    return _make(line.design_file, line.item, line.description[:160], None, by, line)


@retried
@transaction.atomic
def make_from_lines(enquiry: Enquiry, lines: Iterable[int], by) -> int:
    """The same for the chosen parts of an enquiry, all or none; answers how many."""
    rows = list(enquiry.lines.filter(pk__in=list(lines)).select_related("product", "design_file", "item__material"))
    if not rows:
        raise Refused(_("Choose parts first: tick the boxes before their names."), code="none")
    for row in rows:
        make_from_line(row, by)
    return len(rows)


@retried
@transaction.atomic
def _make(row: DesignFile, item, name: str, price, by, line: EnquiryLine | None = None) -> Product:
    if item is None or item.material is None:
        raise Refused(_("Choose what it is made from first."), code="item", field="item")
    DesignFile._base_manager.filter(pk=row.pk).update(reason=F("reason"))  # pressed twice: one product
    known = Product.objects.filter(design_file__sha256=row.sha256, item=item, archived_at=None).first()
    product = known or register(
        Product(
            workspace=row.workspace,
            name=name,
            material=item.material,
            thickness_mm=item.thickness_mm,
            item=item,
            design_file=row,
            price=price,
        ),
        by,
    )
    if known is None and (recipe := _recipe(row, item)):
        recipes.write_down(product, *recipe, by)
    if line is not None:
        EnquiryLine._base_manager.filter(pk=line.pk).update(product=product)
        line.product = product
    return product


def _recipe(row: DesignFile, item: Item) -> tuple[list[Component], list[Step]] | None:
    """The rectangle around the part, cut once; None where nothing was measured or the item is no sheet."""
    found = getattr(row, "measurement", None) if row.state == "measured" else None
    if found is None or item.category != Item.Category.SHEET or not (item.width_mm and item.height_mm):
        return None
    area = Decimal(str(found.width_mm)) * Decimal(str(found.height_mm)) / 1_000_000
    area = max(area.quantize(Decimal("0.0001")), Decimal("0.0001"))
    steps = [Step(name=_("Cut"), kind=Step.Kind.LASER)]
    if bends := found.findings.get("bends", 0):
        steps.append(Step(name=_("Fold %(bends)s times") % {"bends": bends}, kind=Step.Kind.HAND, seconds=30 * bends))
    return [Component(item=item, amount=area, measure=Component.Measure.AREA)], steps
