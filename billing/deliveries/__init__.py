"""Verbs about deliveries: drafted from what was made, packed, checked by a second person, shipped, arrived.

`ready` says what can leave, `drafting` until it is packed, `packing` the parcels and the check, `shipping` the rest.
"""

from billing.deliveries.drafting import change_lines, change_way, draft_from, hold_draft, send_to, set_parcels, take_in
from billing.deliveries.packing import check, find_line, pack, tick, unpack
from billing.deliveries.proof import picture_of
from billing.deliveries.ready import Ready, Sets, ready_of, sets_of, to_deliver
from billing.deliveries.shipping import arrive, cancel, come_back, ship

__all__ = [
    "Ready",
    "Sets",
    "arrive",
    "cancel",
    "change_lines",
    "change_way",
    "check",
    "come_back",
    "draft_from",
    "find_line",
    "hold_draft",
    "pack",
    "picture_of",
    "ready_of",
    "send_to",
    "set_parcels",
    "sets_of",
    "ship",
    "take_in",
    "tick",
    "to_deliver",
    "unpack",
]
