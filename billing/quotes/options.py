"""What a client may take or leave of an offer: optional lines, and alternatives of which one of a group counts."""

from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _

from billing.models import LineRole, QuoteLine
from laseros.core.errors import Refused


def groups(lines: Iterable[QuoteLine]) -> dict[str, list[QuoteLine]]:
    """{name: its alternatives}; the first of each is the proposal."""
    found: dict[str, list[QuoteLine]] = {}
    for line in lines:
        if line.role == LineRole.ALTERNATIVE:
            found.setdefault(line.group, []).append(line)
    return found


def proposed(lines: Iterable[QuoteLine]) -> list[QuoteLine]:
    """What counts until the client chooses: no optional line, and the first of each group of alternatives."""
    lines = list(lines)
    return _with(lines, [group[0] for group in groups(lines).values()])


def cheapest(lines: Iterable[QuoteLine]) -> list[QuoteLine]:
    """The least that a client may order: of each group the alternative that costs least."""
    lines = list(lines)
    return _with(lines, [min(group, key=lambda line: line.amount) for group in groups(lines).values()])


def _with(lines: list[QuoteLine], alternatives: list[QuoteLine]) -> list[QuoteLine]:
    return [line for line in lines if line.role == LineRole.COUNTED or line in alternatives]


def decided(lines: Iterable[QuoteLine], picked: Collection[int] | None) -> dict[int, bool]:
    """{key of a line with a choice: whether it is taken}, {} where there is nothing to choose; None picks the proposal.

    Raises `Refused` with code "option" for what is no such line of the offer, and "alternative" unless exactly one of
    each group is picked.
    """
    lines = list(lines)
    open_to = [line for line in lines if line.role != LineRole.COUNTED]
    if picked is None:
        picked = {line.pk for line in proposed(lines)} & {line.pk for line in open_to}
    if set(picked) - {line.pk for line in open_to}:
        raise Refused(_("Something you chose is not part of this offer. Load the page again."), code="option")
    for group in groups(lines).values():
        if sum(line.pk in picked for line in group) != 1:
            names = _(" or ").join(f"“{line.description}”" for line in group)
            raise Refused(_("Please choose exactly one: %(lines)s.") % {"lines": names}, code="alternative")
    return {line.pk: line.pk in picked for line in open_to}


def taken(lines: Iterable[QuoteLine]) -> list[QuoteLine]:
    """The optional lines and alternatives that were ordered, of an accepted offer."""
    return [line for line in lines if line.role != LineRole.COUNTED and line.ordered]


def check_groups(lines: Iterable[QuoteLine]) -> None:
    """Refuse an alternative to nothing (code "alternative")."""
    for name, group in groups(lines).items():
        if len(group) < 2:
            words = _("“%(line)s” is the only alternative of %(group)s: give it another, or let it count.")
            raise Refused(words % {"line": group[0].description, "group": name}, code="alternative")


def arranged(lines: Iterable[QuoteLine]) -> list[QuoteLine]:
    """As a client reads them, each with a `label`: alternatives behind the first of their group, optional ones last."""
    lines = list(lines)
    by_name = groups(lines)
    found = []
    for line in lines:
        line.label = ""
        if line.role == LineRole.COUNTED:
            found.append(line)
        elif line.role == LineRole.ALTERNATIVE and line is by_name[line.group][0]:
            found += by_name[line.group]
    for name, group in by_name.items():
        for line in group:
            line.label = (_("Either (%(group)s)") if line is group[0] else _("or (%(group)s)")) % {"group": name}
    optional = [line for line in lines if line.role == LineRole.OPTIONAL]
    for line in optional:
        line.label = _("If you wish")
    return found + optional


def total_is(lines: Iterable[QuoteLine]) -> str:
    """What the total of an offer is of, in words; nothing where it is of all lines."""
    roles = {line.role for line in lines}
    if roles >= {LineRole.OPTIONAL, LineRole.ALTERNATIVE}:
        return _("The total is without optional lines and with the first of the alternatives.")
    if LineRole.OPTIONAL in roles:
        return _("The total is without optional lines.")
    return _("The total is with the first of the alternatives.") if LineRole.ALTERNATIVE in roles else ""
