"""xhtml2pdf, which takes longer than all the rest of a page, where nobody reads the paper."""

from collections.abc import Callable
from contextlib import contextmanager
from io import BytesIO

import pytest
from xhtml2pdf import pisa


@contextmanager
def typeset_once(alike: Callable = lambda html: html):
    """What is typeset meanwhile is remembered: of texts that are `alike` the first one's paper serves for all."""
    typeset, papers = pisa.CreatePDF, {}

    def create(html, dest, **options):
        if alike(html) not in papers:
            status = typeset(html, dest=(paper := BytesIO()), **options)
            papers[alike(html)] = status, paper.getvalue()
        status, paper = papers[alike(html)]
        dest.write(paper)
        return status

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pisa, "CreatePDF", create)
        yield
