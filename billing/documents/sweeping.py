"""Papers that belong to nothing: a process that was killed while it issued left them behind."""

from datetime import timedelta

from django.core.files.storage import default_storage
from django.utils import timezone

from billing.models import Invoice

OLD = timedelta(days=1)  # nobody issues for so long


def sweep(workspace, older: timedelta = OLD) -> int:
    """Delete papers of invoices that no invoice refers to. Must run inside the business's scope; how many there were.

    Young ones stay: somebody may be about to issue with them.
    """
    folder = f"documents/{workspace.pk}"
    try:
        _folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return 0
    mine = [f"{folder}/{name}" for name in names if name.startswith("invoice-")]
    kept = set()
    for field in ("pdf", "xml"):
        kept |= set(Invoice.objects.exclude(**{field: ""}).values_list(field, flat=True))
    before, gone = timezone.now() - older, 0
    for name in mine:
        if name not in kept and default_storage.get_modified_time(name) <= before:
            default_storage.delete(name)
            gone += 1
    return gone
