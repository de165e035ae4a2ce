"""Links of the back office: from a record to where it came from and to what it led to."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.urls import NoReverseMatch
from django.utils.text import capfirst

from laseros.core import addresses


@dataclass(frozen=True)
class Related:
    """A link to where a record came from or what it led to."""

    label: str
    url: str
    icon: str = ""
    permission: str = ""


def to_record(record, label="", icon: str = "") -> Related | None:
    """A link to another record's page; None for no record, so that lists of links can be written straight down."""
    if record is None:
        return None
    meta = record._meta
    url = page_of(f"{meta.app_label}_{meta.model_name}_change", record.pk)
    what = label or capfirst(str(meta.verbose_name))
    return Related(f"{what}: {record}", url, icon, f"{meta.app_label}.view_{meta.model_name}") if url else None


def to_list(model: str, label="", icon: str = "", **filters) -> Related | None:
    """A link to a filtered list of a room above or below: to_list("production.job", client__id__exact=7)."""
    meta = apps.get_model(model)._meta
    url = page_of(f"{meta.app_label}_{meta.model_name}_changelist")
    what = capfirst(str(label or meta.verbose_name_plural))
    permission = f"{meta.app_label}.view_{meta.model_name}"
    return Related(what, f"{url}?{urlencode(filters)}", icon, permission) if url else None


def to_messages(record) -> Related | None:
    """A link to the messages about a record."""
    kind = ContentType.objects.get_for_model(record)
    about = {"about_type__id__exact": kind.pk, "about_id__exact": record.pk}
    return to_list("accounts.outgoingmail", icon="outgoing_mail", **about)


def page_of(name: str, pk=None) -> str:
    """The address of a page of the back office; nothing where there is none."""
    try:
        return addresses.plain(f"admin:{name}") if pk is None else addresses.of(f"admin:{name}")(pk)
    except NoReverseMatch:
        return ""
