"""Figures about a client: each room says its own; amounts only to whoever may see money."""

from collections.abc import Callable
from dataclasses import dataclass

from accounts.roles import SEE_MONEY
from crm.models import Client


@dataclass(frozen=True)
class Figure:
    label: object
    value: str
    is_money: bool = False
    note: str = ""


# (permission, client → figures), in the order of the rooms.
_SOURCES: list[tuple[str, Callable[[Client], list[Figure]]]] = []


def register(permission: str, source: Callable[[Client], list[Figure]]) -> None:
    _SOURCES.append((permission, source))


def of(client: Client, user) -> list[Figure]:
    sees_money = user.has_perm(SEE_MONEY)
    found = [figure for permission, source in _SOURCES if user.has_perm(permission) for figure in source(client)]
    return [figure for figure in found if sees_money or not figure.is_money]
