"""xhtml2pdf, which takes longer than all the rest of a page, where nobody reads the paper."""

from collections.abc import Callable
from contextlib import contextmanager
from io import BytesIO

import pytest

_one: dict = {}  # a paper that serves for all, of this process
_shared = 0  # how many around this moment have papers shared


@contextmanager
def typeset_once(alike: Callable = lambda html: html, papers: dict | None = None):
    """What is typeset meanwhile is remembered: of texts that are `alike` the first one's paper serves for all."""
    from xhtml2pdf import pisa

    global _shared
    typeset, papers = pisa.CreatePDF, {} if papers is None else papers

    def create(html, dest, **options):
        if alike(html) not in papers:
            status = typeset(html, dest=(paper := BytesIO()), **options)
            papers[alike(html)] = status, paper.getvalue()
        status, paper = papers[alike(html)]
        dest.write(paper)
        return status

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pisa, "CreatePDF", create)
        _shared += 1
        try:
            yield
        finally:
            _shared -= 1


@contextmanager
def one_paper():
    """Whatever is typeset meanwhile is a page that nobody reads, and nobody looks for the best mask of its codes."""
    from qrcode import QRCode
    from xhtml2pdf import pisa

    if not _one:
        _one[""] = pisa.CreatePDF("<p>Nobody reads this</p>", dest=(paper := BytesIO())), paper.getvalue()
    with typeset_once(lambda html: "", _one), pytest.MonkeyPatch.context() as patch:
        patch.setattr(QRCode, "best_mask_pattern", lambda code: 0)
        yield


def shared() -> bool:
    """Whether a paper made now may be another's."""
    return _shared > 0
