"""The activity log: written by verbs, in the transaction of what it tells about."""

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext_lazy as _

from accounts import station
from accounts.models import Activity

# Every verb there is, in the words a person reads. A verb that is not here cannot be recorded.
VERBS = {
    "created": _("created"),
    "changed": _("changed"),
    "archived": _("archived"),
    "erased": _("erased"),
    "restored": _("restored"),
    "deleted": _("deleted"),
    "uploaded": _("uploaded"),
    "measured": _("measured"),
    "mended": _("mended"),
    "split": _("split into parts"),
    "could not read": _("could not be read"),
    "quoted": _("quoted"),
    "sent": _("sent"),
    "opened": _("opened"),
    "lost": _("closed as lost"),
    "reopened": _("opened again"),
    "accepted": _("accepted"),
    "accepted short": _("accepted although material is missing"),
    "approved": _("approved"),
    "asked for a change": _("asked for a change"),
    "declined": _("declined"),
    "expired": _("expired"),
    "withdrawn": _("withdrawn"),
    "reserved": _("reserved"),
    "released": _("released"),
    "reordered": _("reordered"),
    "queued": _("queued"),
    "moved": _("moved"),
    "confirmed": _("confirmed"),
    "started": _("started"),
    "paused": _("paused"),
    "resumed": _("resumed"),
    "finished": _("finished"),
    "aborted": _("aborted"),
    "undone": _("taken back"),
    "cancelled": _("cancelled"),
    "held": _("put on hold"),
    "continued": _("continued"),
    "completed": _("completed"),
    "issued": _("issued"),
    "paid": _("paid"),
    "credited": _("credited"),
    "reversed": _("cancelled by another document"),
    "refunded": _("paid back"),
    "failed": _("did not go through"),
    "booked": _("booked"),
    "reminded": _("reminded"),
    "written off": _("written off"),
    "taken back": _("taken back"),
    "posted": _("booked"),
    "invited": _("invited"),
    "switched": _("switched"),
    "retried": _("retried"),
    "gave up": _("gave up"),
    "commanded": _("commanded"),
    "assigned": _("assigned"),
    "logged in": _("logged in"),
    "exported": _("exported"),
    "deactivated": _("shut out"),
    "kept": _("kept"),
    "used": _("used"),
    "scrapped": _("scrapped"),
    "nested": _("nested"),
    "rearranged": _("rearranged"),
    "received": _("received"),
    "weighed": _("weighed"),
    "dried": _("dried"),
    "divided": _("divided"),
    "merged": _("put together"),
    "kept apart": _("kept apart"),
    "not kept apart": _("no longer kept apart"),
    "quarantined": _("put in quarantine"),
    "maintained": _("maintained"),
    "taken out": _("taken out for maintenance"),
    "put back": _("put back to work"),
    "cleared": _("released from quarantine"),
    "promised anew": _("promised anew"),
    "settled": _("settled"),
    "dropped": _("dropped"),
    "reactivated": _("let in again"),
    "ordered": _("put on an order"),
    "sent back": _("sent back"),
    "imported": _("imported"),
    "closed": _("closed"),
    "counted": _("counted"),
    "decided": _("decided"),
    "printed": _("printed"),
    "cut": _("cut on the machine"),
    "loaded": _("loaded"),
    "unloaded": _("taken out"),
    "reached": _("reached"),
    "skipped": _("skipped"),
    "corrected": _("corrected"),
    "wrote": _("wrote a message"),
    "put under": _("put under another job"),
    "taken out of": _("taken out of another job"),
    "part added": _("part added"),
    "part taken out": _("part taken out"),
    "noted": _("wrote a note"),
    "set PIN": _("set a PIN"),
    "removed PIN": _("took the PIN from"),
    "locked": _("locked"),
    "unlocked": _("unlocked"),
    "registered": _("registered"),
    "revoked": _("revoked"),
    "took over": _("took over"),
    "handed over": _("handed over"),
    "packed": _("packed"),
    "unpacked": _("unpacked"),
    "checked": _("checked"),
    "shipped": _("shipped"),
    "delivered": _("delivered"),
    "gave original": _("gave the original out"),
    "gave copy": _("gave a copy out"),
    "came back": _("took back into the house"),
}


def record(verb: str, target, by=None, *, details: dict | None = None, money: dict | None = None) -> Activity:
    """Write one line of the log. `by` is a user, a name (a client on a signed link, "watcher"), or None: the system."""
    if verb not in VERBS:
        raise ValueError(f"unknown verb {verb!r}")
    user = by if getattr(by, "pk", None) else None
    return Activity.objects.create(
        workspace_id=getattr(target, "workspace_id", None) or target.pk,
        actor=user,
        actor_name=str(by or "Laser OS")[:160],
        station=station.current(),
        verb=verb,
        target_type=ContentType.objects.get_for_model(target),
        target_id=target.pk,
        target_label=str(target)[:200],
        details=_plain(details or {}),
        money=_plain(money or {}),
    )


def changes(before: dict, after: dict) -> dict:
    """{field: [old, new]} for what differs."""
    return {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}


def of(target):
    """The story of one record, newest first."""
    kind = ContentType.objects.get_for_model(target)
    return Activity.objects.filter(target_type=kind, target_id=target.pk).order_by("-id")


def _plain(value):
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value if value is None or isinstance(value, bool | int | float) else str(value)
