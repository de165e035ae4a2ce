"""Python looks for rubbish in circles through everything that lives; what stays to the end of the process need not be
looked through.

A started web process holds 150,000 things that stay, and 100,000 more (templates, sentences, addresses) once its pages
were opened: to look through them took 130 ms on two quiet cores, ten times as long as a bare page, and fell on
whichever page came at that moment. Put aside, it takes a few.
"""

import gc
from itertools import count

from django.core.signals import request_finished
from django.urls import get_resolver

ANSWERS = 300  # by then the pages of a shop were opened once


def put_aside() -> None:
    """What is there now stays."""
    gc.collect()
    gc.freeze()


def put_aside_when_warm() -> None:
    """Now with all addresses there are, and once more when the pages were drawn."""
    get_resolver().url_patterns  # noqa: B018 (read at the first request otherwise)
    put_aside()
    answers = count(1)

    def answered(**_about):
        if next(answers) == ANSWERS:
            request_finished.disconnect(answered)
            put_aside()

    request_finished.connect(answered, weak=False)
