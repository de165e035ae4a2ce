"""What of each kind of document must stay once it has left the house: for the chain, the triggers and the verifier.

Money, what it settles and closed months are kept as documents are, from the moment they are booked; invoices that
others sent us from the moment they came in.
"""

from dataclasses import dataclass

from django.db import models

from billing.models import (
    AccountStatement,
    Allocation,
    Delivery,
    DeliveryLine,
    Invoice,
    InvoiceLine,
    OrderPaper,
    Parcel,
    Payment,
    PeriodClose,
    Quote,
    QuoteLine,
    ReceivedInvoice,
    Reminder,
)

PDF = frozenset({"pdf", "pdf_sha256"})
PAPERS = (("pdf", "pdf_sha256"), ("xml", "xml_sha256"))


@dataclass(frozen=True)
class Part:
    """Rows of a document: its lines, its parcels."""

    label: str  # as `document.<label>` and in the chain
    model: type[models.Model]
    owner: str  # its foreign key to the document
    moving: frozenset[str] = frozenset()
    printed: frozenset[str] = frozenset()  # long and not for the client's eyes: their print is in the chain


@dataclass(frozen=True)
class Kept:
    """One kind. `since`: the column that is filled from when it may not change; empty: from the beginning.

    `moving` may go on changing (whoever made it may leave), `once` may be filled later, one time.
    """

    name: str  # of the seal's foreign key
    model: type[models.Model]
    since: str = ""
    moving: frozenset[str] = frozenset()
    once: frozenset[str] = PDF
    parts: tuple[Part, ...] = ()
    at: str = ""  # the moment it left the house
    files: tuple[tuple[str, str], ...] = PAPERS  # a file's column, and that of its print

    def has_left(self, document) -> bool:
        return not self.since or getattr(document, self.since) is not None


KINDS = (
    Kept(
        "invoice", Invoice, "number", frozenset({"state", "paid", "credited", "deducted", "created_by", "original_at"}),
        PDF | {"xml", "xml_sha256"}, (Part("lines", InvoiceLine, "invoice"),), "issued_at",
    ),
    Kept(
        "delivery", Delivery, "shipped_on",
        frozenset({"state", "carrier", "tracking", "tracking_page", "delivered_at", "received_by", "proof", "reason",
                   "packed_by", "checked_by", "created_by"}),
        parts=(
            Part("lines", DeliveryLine, "delivery", frozenset({"invoiced", "is_packed", "is_checked"})),
            Part("parcels", Parcel, "delivery", frozenset({"tracking"})),
        ), at="shipped_at",
    ),
    Kept("order_paper", OrderPaper, moving=frozenset({"created_by"}), at="created_at"),
    Kept("reminder", Reminder, "sent_on", frozenset({"by"})),
    Kept("statement", AccountStatement, moving=frozenset({"by"}), at="created_at"),
    Kept("payment", Payment, moving=frozenset({"by", "unused"}), once=frozenset(), at="created_at"),
    Kept("allocation", Allocation, once=frozenset()),
    Kept("period_close", PeriodClose, moving=frozenset({"by"}), once=frozenset(), at="at"),
    Kept(
        "received", ReceivedInvoice,
        moving=frozenset({"by", "state", "reason", "decided_by", "decided_at", "order", "paid"}), once=frozenset(),
        at="received_at", files=(("file", "sha256"),),
    ),
    # What was offered stays; what became of it and what the client took goes on moving.
    Kept(
        "quote", Quote, "sent_at",
        frozenset({"state", "decided_at", "decided_by", "decided_from", "decline_reason", "job", "contact",
                   "created_by"}),
        parts=(
            Part("lines", QuoteLine, "quote", frozenset({"ordered", "ordered_price"}),
                 printed=frozenset({"choices", "breakdown", "recipe"})),
        ), at="sent_at",
    ),
)  # fmt: skip
OF = {kept.model: kept for kept in KINDS}


def parts_of(document) -> list[list]:
    """The rows of a document's parts as they are stored, in the order of its kind."""
    return [list(getattr(document, part.label).all()) for part in OF[type(document)].parts]
