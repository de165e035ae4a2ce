"""Asking for money that is late, in three steps: proposed every night, looked at by a person, sent once.

`claims` says what is asked for beside the invoice, `steps` is when which step is due, and sends it.
"""

from billing.reminding.claims import Claim, claim_of
from billing.reminding.holding import hold, lift
from billing.reminding.mailing import mail_reminder
from billing.reminding.steps import as_of_today, drop, held_on, propose, send, waiting

__all__ = [
    "Claim",
    "as_of_today",
    "claim_of",
    "drop",
    "held_on",
    "hold",
    "lift",
    "mail_reminder",
    "propose",
    "send",
    "waiting",
]
