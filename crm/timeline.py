"""What happened with a client, newest first, from every room: each says what of theirs belongs here.

One query unites the moments of all sources and takes a page of them; then each source reads its own rows of that page
at once. So a page takes the same queries for one line and for fifty.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import CharField, F, QuerySet, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.families import family
from crm.models import Client, Entry, FollowUp

PAGE = 30


@dataclass
class Line:
    """One thing that happened. `amount` (with `currency`) is shown to whoever may see money."""

    title: str
    text: str = ""
    url: str = ""
    who: str = ""
    amount: object = None
    currency: str = ""
    # Filled in by the timeline.
    at: datetime | None = None
    kind: str = ""
    label: object = ""
    icon: str = ""


@dataclass(frozen=True)
class Source:
    """`rows(client)` is a queryset, `at` the moment's field, `tell(pks)` answers {pk: Line}."""

    kind: str
    label: object
    icon: str
    permission: str
    rows: Callable[[Client], QuerySet]
    at: str
    tell: Callable[[list[int]], dict[int, Line]]


_SOURCES: dict[str, Source] = {}


def register(source: Source) -> None:
    _SOURCES[source.kind] = source


def sources(user) -> list[Source]:
    """Those whose records this person may see."""
    return [source for source in _SOURCES.values() if user.has_perm(source.permission)]


def of(client: Client, user, *, kind: str = "", page: int = 1) -> tuple[list[Line], bool]:
    """(lines of one page, whether there are older ones)."""
    known = {source.kind: source for source in sources(user) if kind in ("", source.kind)}
    if not known:
        return [], False
    first, *others = [_moments(source, client) for source in known.values()]
    united = (first.union(*others, all=True) if others else first).order_by("-moment", "-pk")
    start = (page - 1) * PAGE
    rows = list(united[start : start + PAGE + 1])
    told = {
        name: source.tell([row["pk"] for row in rows[:PAGE] if row["line_kind"] == name])
        for name, source in known.items()
        if any(row["line_kind"] == name for row in rows[:PAGE])
    }
    return [_line(known[row["line_kind"]], told, row) for row in rows[:PAGE] if row["pk"] in told[row["line_kind"]]], (
        len(rows) > PAGE
    )


def last_contact(client: Client):
    """When somebody here last spoke, wrote or went to them."""
    return (
        Entry.objects.filter(client__in=family(client))
        .exclude(kind=Entry.Kind.NOTE)
        .order_by("-at")
        .values_list("at", flat=True)
        .first()
    )


def _moments(source: Source, client: Client) -> QuerySet:
    rows = source.rows(client).filter(**{f"{source.at}__isnull": False}).order_by()
    moment = F(source.at)
    return rows.annotate(line_kind=Value(source.kind, output_field=CharField()), moment=moment).values(
        "pk", "line_kind", "moment"
    )


def _line(source: Source, told: dict, row: dict) -> Line:
    line = told[source.kind][row["pk"]]
    line.at, line.kind, line.label, line.icon = row["moment"], source.kind, source.label, source.icon
    return line


def _entries(pks: list[int]) -> dict[int, Line]:
    rows = Entry.objects.filter(pk__in=pks).select_related("contact", "by")
    return {
        row.pk: Line(
            f"{row.get_kind_display()}{f' · {row.contact}' if row.contact else ''}", row.text, who=str(row.by or "")
        )
        for row in rows
    }


def _follow_ups(pks: list[int]) -> dict[int, Line]:
    rows = FollowUp.objects.filter(pk__in=pks).select_related("done_by")
    return {
        row.pk: Line(row.what, url=reverse("admin:crm_followup_change", args=[row.pk]), who=str(row.done_by or ""))
        for row in rows
    }


register(
    Source(
        "entry", _("Calls, visits, notes"), "edit_note", "crm.view_client",
        lambda client: Entry.objects.filter(client__in=family(client)), "at", _entries,
    )
)  # fmt: skip
register(
    Source(
        "follow_up", _("Follow-ups done"), "task_alt", "crm.view_followup",
        lambda client: FollowUp.objects.filter(client__in=family(client)), "done_at", _follow_ups,
    )
)  # fmt: skip
