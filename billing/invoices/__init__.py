"""Verbs about invoices: drafted from what was made, issued under the next number, frozen from then on.

`drafting` until then, `issuing` the moment itself, `correcting` what takes an issued one back, `facts` what is frozen.
"""

from billing.facts import TURNOVER, address_lines, address_of, frozen_facts, link
from billing.invoices.correcting import cancel, credit, may_be_cancelled, may_be_credited
from billing.invoices.currency import change_currency
from billing.invoices.deposits import deduct, draft_deposit, open_deposits
from billing.invoices.drafting import (
    change_lines,
    discard,
    draft_from,
    hold_draft,
    recount,
    switch_prices,
    total,
    treat,
)
from billing.invoices.issuing import issue, issue_soon

__all__ = [
    "TURNOVER",
    "address_lines",
    "address_of",
    "cancel",
    "change_currency",
    "change_lines",
    "credit",
    "deduct",
    "discard",
    "draft_deposit",
    "draft_from",
    "frozen_facts",
    "hold_draft",
    "issue",
    "issue_soon",
    "link",
    "may_be_cancelled",
    "may_be_credited",
    "open_deposits",
    "recount",
    "switch_prices",
    "total",
    "treat",
]
