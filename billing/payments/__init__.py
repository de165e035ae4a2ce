"""Verbs about money: received with what it is for, used as credit, paid back, written off, taken back.

Nothing is changed or deleted; what was wrong is taken back by another. Every amount moves by a compare-and-swap of
`Invoice.paid` and `Payment.unused`, so that no two pages or processes give the same money or the same debt away twice.
"""

from billing.payments.credit import credit_of, keep_surplus, refund_credit, use_credit
from billing.payments.receiving import OPEN_FIRST, open_of, receive, take
from billing.payments.refunding import refund
from billing.payments.reversing import may_be_reversed, reverse
from billing.payments.settling import complete_if_settled, unsettled
from billing.payments.writing_off import write_off

__all__ = [
    "OPEN_FIRST",
    "complete_if_settled",
    "credit_of",
    "keep_surplus",
    "may_be_reversed",
    "open_of",
    "receive",
    "refund",
    "refund_credit",
    "reverse",
    "take",
    "unsettled",
    "use_credit",
    "write_off",
]
