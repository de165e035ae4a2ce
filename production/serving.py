"""Files and pictures on their way out. What somebody gave us is never shown as a page of ours."""

from django.http import FileResponse, HttpResponse
from django.utils.http import content_disposition_header

from laseros.core.stored import opened
from production.models import DesignFile

# A drawing is a picture and nothing else, also when somebody opens it by its address.
PICTURE_ONLY = "sandbox; default-src 'none'; style-src 'unsafe-inline'"


def picture(svg: str) -> HttpResponse:
    """The SVG that we drew from what was measured."""
    response = HttpResponse(svg, content_type="image/svg+xml; charset=utf-8")
    response.headers["Content-Security-Policy"] = PICTURE_ONLY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


def attachment(content: bytes, name: str, content_type: str) -> HttpResponse:
    """What we made ourselves, to be saved."""
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def png(stored) -> FileResponse:
    """A picture that we made anew from one somebody sent."""
    response = FileResponse(opened(stored), content_type="image/png")
    response.headers["Content-Security-Policy"] = PICTURE_ONLY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


def photograph(stored) -> FileResponse:
    """A photograph that we drew anew."""
    response = png(stored)
    response.headers["Content-Type"] = "image/jpeg"
    return response


def download(design_file: DesignFile) -> FileResponse:
    """The file as it came, to be saved and never opened in the browser."""
    response = FileResponse(
        opened(design_file.content),
        as_attachment=True,
        filename=design_file.name,
        content_type="application/octet-stream",
    )
    response.headers["Content-Security-Policy"] = PICTURE_ONLY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
