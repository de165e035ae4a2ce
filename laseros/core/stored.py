"""Stored files on their way to a browser."""

from django.core.files.base import File
from django.http import Http404


def opened(stored) -> File:
    """To be read. A file that is gone from the store is not found, like one that was never there."""
    if not stored:
        raise Http404
    try:
        return stored.open("rb")
    except FileNotFoundError:
        raise Http404 from None
