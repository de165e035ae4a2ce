"""Addresses of many records of one kind: the router is asked once for the kind and not for every row."""

from collections.abc import Callable
from functools import lru_cache

from django.urls import get_script_prefix, get_urlconf, reverse

_STANDS_FOR = 9_876_543_210  # a number no address has in it otherwise


def of(name: str, before: tuple = (), after: tuple = ()) -> Callable[[int], str]:
    """pk → the address with this name, and with what stands in it `before` and `after` the record's own key.

    Raises `NoReverseMatch` for a name that is not there.
    """
    if before or after:
        first, last = _split(name, (*before, _STANDS_FOR, *after))
    else:
        first, last = _parts(name, get_urlconf(), get_script_prefix())
    return lambda pk: f"{first}{pk}{last}"


def plain(name: str, *words: str) -> str:
    """The address of a page that is there once, or once for each of a few words."""
    return _plain(name, words, get_urlconf(), get_script_prefix())


@lru_cache(maxsize=500)
def _plain(name: str, words: tuple[str, ...], urlconf: str | None, prefix: str) -> str:
    return reverse(name, args=words)


@lru_cache(maxsize=500)
def _parts(name: str, urlconf: str | None, prefix: str) -> list[str]:
    return _split(name, (_STANDS_FOR,))


def _split(name: str, arguments: tuple) -> list[str]:
    return reverse(name, args=arguments).split(str(_STANDS_FOR))
