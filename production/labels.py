"""Labels for whatever can carry one, by kind: stock from the room below, machines from the one beside it."""

from django.http import Http404
from django.utils import translation

from inventory.labels import contents
from inventory.labels.label import Label
from inventory.models import Item, Location, Lot
from inventory.scanning import codes
from machines.models import Machine


def _of_machine(machine: Machine) -> Label:
    return Label(
        code=machine.name,
        address=codes.address(machine.workspace.slug, "machine", str(machine.pk)),
        title=machine.model,
        facts=str(machine.get_kind_display()),
    )


# What may be seen of a kind, and where its records come from.
KINDS = {
    "lot": ("inventory.view_lot", lambda: Lot.objects.select_related("item__material", "workspace"), contents.of_lot),
    "item": ("inventory.view_item", lambda: Item.objects.select_related("material", "workspace"), contents.of_item),
    "location": ("inventory.view_location", lambda: Location.objects.select_related("workspace"), contents.of_location),
    "machine": (
        "machines.view_machine",
        lambda: Machine.objects.select_related("workspace"),
        _of_machine,
    ),
}


def of(kind: str, pks) -> list[Label]:
    """The labels of these records in the order asked for, in the language of the business. 404 unless all are there."""
    _permission, rows, label = KINDS.get(kind, (None, None, None))
    if rows is None:
        raise Http404
    found = {row.pk: row for row in rows().filter(pk__in=pks)}
    if not found or set(pks) - set(found):
        raise Http404
    first = found[pks[0]]
    with translation.override(first.workspace.language):
        return [label(found[pk]) for pk in pks]
