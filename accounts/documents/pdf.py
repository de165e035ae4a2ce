"""From a template to a PDF: our own assets, nothing from the network, letters for Latin, Greek and Cyrillic names."""

import io
import logging
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from laseros.core.errors import Refused

ASSETS = Path(settings.BASE_DIR) / "laseros" / "static"
MOST_BYTES = 5_000_000
log = logging.getLogger(__name__)


def render(template: str, context: dict, language: str) -> bytes:
    """The PDF of a template, in `language`."""
    from xhtml2pdf import pisa
    from xhtml2pdf.config.resources import ResourceAccessPolicy

    from accounts.documents import carried  # noqa: F401, teaches the parser <pdf:carried>

    with translation.override(language):
        html = render_to_string(template, {"fonts": ASSETS / "fonts", **context})
    out = io.BytesIO()
    policy = ResourceAccessPolicy.server(ASSETS, allow_remote=False, max_document_bytes=MOST_BYTES)
    status = pisa.CreatePDF(html, dest=out, encoding="utf-8", resource_policy=policy)
    if status.err:
        log.error("%s: %s", template, status.log)
        raise Refused(_("The PDF could not be made."), code="pdf")
    return out.getvalue()
