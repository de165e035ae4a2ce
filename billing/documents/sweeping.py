"""Files that belong to nothing: a process that was killed while it stored a paper, a proof or what came in left them
behind."""

from collections.abc import Iterator
from datetime import timedelta

from django.core.files.storage import default_storage
from django.utils import timezone

from billing.deliveries.proof import FOLDER as PROOFS
from billing.kept import KINDS
from billing.models import Archive, Delivery, ReceivedInvoice

OLD = timedelta(days=1)  # nobody stores for so long


def sweep(workspace, older: timedelta = OLD) -> int:
    """Delete files that no document refers to. Must run inside the business's scope; answers how many there were.

    Young ones stay: somebody may be about to issue with them.
    """
    before, gone = timezone.now() - older, 0
    for folder, beginnings, kept in _places(workspace):
        for name in _lying_in(folder):
            mine = name.rpartition("/")[2].startswith(beginnings)
            if mine and name not in kept and default_storage.get_modified_time(name) <= before:
                default_storage.delete(name)
                gone += 1
    return gone


def _places(workspace) -> Iterator[tuple[str, tuple[str, ...], set[str]]]:
    """(folder, how what is ours begins there, what is referred to)."""
    kept: set[str] = set()
    models = [kind.model for kind in KINDS]
    for model in models:
        for field in ("pdf", "xml"):
            if any(each.name == field for each in model._meta.concrete_fields):
                kept |= set(model.objects.exclude(**{field: ""}).values_list(field, flat=True))
    yield f"documents/{workspace.pk}", tuple(f"{model._meta.model_name}-" for model in models), kept
    yield f"{PROOFS}/{workspace.pk}", ("",), set(Delivery.objects.exclude(proof="").values_list("proof", flat=True))
    yield f"received/{workspace.pk}", ("",), set(ReceivedInvoice.objects.values_list("file", flat=True))
    yield f"archives/{workspace.pk}", ("archive-",), set(Archive.objects.values_list("file", flat=True))


def _lying_in(folder: str) -> list[str]:
    try:
        _folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return []
    return [f"{folder}/{name}" for name in names]
