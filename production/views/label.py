"""A new label for what lost its own, printed from the floor in the size that was used last."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from inventory.labels import formats, paper, sizes
from production import labels
from production.views.access import LOOK, floor


@floor(LOOK)
@require_safe
def pdf(request, kind, pk):
    size = sizes.usual(request.workspace)
    content = paper.pdf(
        labels.of(kind, [pk]), formats.FORMATS[size.name], offset=(float(size.right_mm), float(size.down_mm))
    )
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="label.pdf"'
    return response
