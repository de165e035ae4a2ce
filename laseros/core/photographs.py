"""A photograph that somebody uploads, drawn anew by a child process, so that it carries neither place nor device."""

import base64

from django.core.files.base import ContentFile

from laseros.core import sandbox


def drawn_anew(upload) -> ContentFile:
    """A JPEG of it. Raises `sandbox.SandboxError` for what is no PNG or JPEG.

    What the server put on disk the child reads there: a large picture never lies in this process whole. Only what is
    smaller than `FILE_UPLOAD_MAX_MEMORY_SIZE` travels to it.
    """
    if hasattr(upload, "temporary_file_path"):
        function, source = "laseros.core.pictures:photograph_at", upload.temporary_file_path()
    else:
        function, source = "laseros.core.pictures:photograph", base64.b64encode(upload.read()).decode()
    drawn = sandbox.run(function, source, seconds=30, cpu_seconds=20, memory_mb=768)
    return ContentFile(base64.b64decode(drawn))
