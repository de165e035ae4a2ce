"""Files that came from machines, handed out."""

from django.http import FileResponse, Http404

PICTURE_ONLY = "sandbox; default-src 'none'"


def served(stored, content_type: str, **more) -> FileResponse:
    """Never as a page of ours: strangers wrote it."""
    if not stored:
        raise Http404
    try:
        response = FileResponse(stored.open("rb"), content_type=content_type, **more)
    except FileNotFoundError:
        raise Http404 from None
    response.headers["Content-Security-Policy"] = PICTURE_ONLY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, max-age=300"
    return response
