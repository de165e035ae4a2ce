"""Why a row cannot be removed: the records that stand on it, in words, with the way to them."""

from django.contrib import admin
from django.contrib.admin.utils import NestedObjects
from django.db import models, router
from django.db.models import CASCADE
from django.urls import reverse
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

MOST_NAMED = 5


def why_kept(record: models.Model, reader) -> SafeString | None:
    """A sentence for `reader` when something keeps `record` from being deleted, otherwise None."""
    collector = NestedObjects(using=router.db_for_write(type(record)))
    collector.collect([record])
    if not collector.protected:
        return None
    pages = sorted({_page_of(kept) for kept in collector.protected}, key=lambda page: page.pk)
    words = _("“%(what)s” cannot be removed, because it stands on %(where)s.")
    return mark_safe(words % {"what": escape(record), "where": _links(pages, reader)})  # noqa: S308, escaped above


def _page_of(record: models.Model) -> models.Model:
    """The record itself, or the one it is a line of, where a line has no page."""
    while type(record) not in admin.site._registry:
        keys = [field for field in record._meta.fields if field.many_to_one and field.remote_field.on_delete is CASCADE]
        whole = next((field.name for field in keys if field.name != "workspace"), None)
        if whole is None:
            break
        record = getattr(record, whole)
    return record


def _links(records: list[models.Model], reader) -> SafeString:
    shown = format_html_join(", ", "{}", ((_link(record, reader),) for record in records[:MOST_NAMED]))
    return format_html("{} …", shown) if len(records) > MOST_NAMED else shown


def _link(record: models.Model, reader) -> str:
    meta = record._meta
    room = admin.site._registry.get(type(record))
    if room is None or not reader.has_perm(f"{meta.app_label}.view_{meta.model_name}"):
        return str(record)
    url = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[record.pk])
    return format_html('<a href="{}">{}</a>', url, record)
