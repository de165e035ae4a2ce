"""Files that came from machines, handed out."""

from django.http import FileResponse

from laseros.core.stored import opened

PICTURE_ONLY = "sandbox; default-src 'none'"


def served(stored, content_type: str, **more) -> FileResponse:
    """Never as a page of ours: strangers wrote it."""
    response = FileResponse(opened(stored), content_type=content_type, **more)
    response.headers["Content-Security-Policy"] = PICTURE_ONLY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, max-age=300"
    return response
