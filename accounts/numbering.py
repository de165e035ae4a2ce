"""Drawing numbers: gapless and unique per workspace and prefix, on both databases, whoever asks at once."""

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import Sequence
from laseros.core import numbering


def draw(workspace, kind: str, day=None, **parts: str) -> str:
    """The next number of `kind`. Must run inside the transaction that stores it: rolled back, it was never drawn.

    `parts` fill the format's placeholders (client="CL0001", material="MS", thickness="3").
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a number is drawn inside the transaction that uses it")
    form = workspace.number_formats.get(kind) or numbering.DEFAULTS[kind]
    prefix, suffix, width = numbering.split(form, day or timezone.localdate(), **parts)
    # The kind is part of the key: an item and an invoice may share letters, never a counter.
    key = f"{kind}:{prefix}…{suffix}"
    return f"{prefix}{_next(workspace, key):0{width}d}{suffix}"


def example(workspace, kind: str, form: str) -> str:
    """What the next document of `kind` would be called. Raises `Refused` when `form` cannot number it."""
    numbering.check(kind, form)
    prefix, suffix, width = numbering.split(form, timezone.localdate(), client="CL0001", material="MS", thickness="3")
    last = Sequence.objects.filter(prefix=f"{kind}:{prefix}…{suffix}").values_list("last", flat=True).first() or 0
    return f"{prefix}{last + 1:0{width}d}{suffix}"


def _next(workspace, key: str) -> int:
    rows = Sequence._base_manager.filter(workspace=workspace, prefix=key)
    if not rows.update(last=F("last") + 1):
        try:
            with transaction.atomic():
                Sequence.objects.create(workspace=workspace, prefix=key, last=1)
        except IntegrityError:
            rows.update(last=F("last") + 1)
    # The UPDATE holds the row until commit, so this reads our own number.
    return rows.values_list("last", flat=True).get()


def draw_position(workspace, kind: str) -> int:
    """The next place in a row that nobody reads as a number. As `draw`: inside the transaction that stores it."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a position is drawn inside the transaction that uses it")
    return _next(workspace, f"{kind}:")


def coming(workspace, kind: str, day) -> str:
    """The number that would be drawn now. Somebody else may be quicker: whoever uses it looks again when drawing."""
    form = workspace.number_formats.get(kind) or numbering.DEFAULTS[kind]
    prefix, suffix, width = numbering.split(form, day)
    last = Sequence.objects.filter(prefix=f"{kind}:{prefix}…{suffix}").values_list("last", flat=True).first() or 0
    return f"{prefix}{last + 1:0{width}d}{suffix}"
