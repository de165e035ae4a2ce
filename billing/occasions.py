"""The occasions of this room: offers and answers, invoices, payments and reminders."""

from django.utils.translation import gettext_lazy as _

from accounts import outbox
from accounts.documents.letterhead import day
from accounts.outbox.occasions import CLIENT, STAFF
from laseros.core.money import show

OF_QUOTE = {
    "quote": _("number of the quote"),
    "title": _("what it is about"),
    "client": _("name of the client"),
    "total": _("total with tax"),
    "valid_until": _("last day of the offer"),
}
ANSWERED = {
    **{name: OF_QUOTE[name] for name in ("quote", "title", "client")},
    "who": _("who decided, and for whom"),
    "job": _("number of the job"),
    "due": _("day it is due"),
    "reason": _("why, in the client’s words"),
}
OF_ORDER = {
    "job": ANSWERED["job"],
    "title": OF_QUOTE["title"],
    "client": OF_QUOTE["client"],
    "total": OF_QUOTE["total"],
    "due": ANSWERED["due"],
}
OF_ENQUIRY = {
    "enquiry": _("number of the enquiry"),
    "title": OF_QUOTE["title"],
    "client": OF_QUOTE["client"],
    "note": _("what the client wrote"),
}
OF_INVOICE = {
    "invoice": _("number of the invoice"),
    "client": _("name of the client"),
    "total": _("total with tax"),
    "balance": _("what is still to be paid"),
    "due": _("day it is due"),
    "bank": _("our bank details"),
}
OF_STATEMENT = {
    "client": _("name of the client"),
    "from": _("first day"),
    "until": _("last day"),
    "balance": _("what is still to be paid"),
    "bank": _("our bank details"),
}


OF_TURN = {
    "title": _("title of the schedule"),
    "client": _("name of the client"),
    "total": _("total with tax"),
    "due": _("day it is due"),
    "reason": _("why it could not be issued"),
}


def _of_turn(turn) -> dict[str, str]:
    invoice = turn.invoice
    return {
        "title": turn.recurring.title,
        "client": invoice.client.name,
        "total": show(invoice.total, invoice.currency, turn.workspace.locale),
        "due": day(turn.due_on, turn.workspace.locale),
        "reason": turn.problem,
    }


def _of_quote(quote) -> dict[str, str]:
    return {
        "quote": quote.number,
        "title": quote.title,
        "client": quote.client.name,
        "total": show(quote.total, quote.currency, quote.workspace.locale),
        "valid_until": day(quote.valid_until, quote.workspace.locale),
    }


def _of_order(quote) -> dict[str, str]:
    of_quote, answer = _of_quote(quote), _of_answer(quote)
    return {name: {**answer, **of_quote}[name] for name in OF_ORDER}


def _of_enquiry(enquiry) -> dict[str, str]:
    return {
        "enquiry": enquiry.number,
        "title": enquiry.title,
        "client": enquiry.client.name,
        "note": " ".join(enquiry.note.split()),
    }


def _of_answer(quote) -> dict[str, str]:
    client = quote.client.name
    by = quote.decided_by or client
    job = quote.job
    return {
        "quote": quote.number,
        "title": quote.title,
        "client": client,
        "who": client if by == client else f"{by} ({client})",
        "job": job.number if job else "",
        "due": day(job.due_on, quote.workspace.locale) if job else "",
        "reason": quote.decline_reason,
    }


def _of_invoice(invoice) -> dict[str, str]:
    locale = invoice.workspace.locale
    return {
        "invoice": invoice.number or "",
        "client": invoice.client.name,
        "total": show(invoice.total, invoice.currency, locale),
        "balance": show(invoice.balance, invoice.currency, locale),
        "due": day(invoice.due_on, locale),
        "bank": invoice.workspace.bank_details,
    }


def _of_statement(statement) -> dict[str, str]:
    locale = statement.workspace.locale
    return {
        "client": statement.client.name,
        "from": day(statement.from_on, locale),
        "until": day(statement.until_on, locale),
        "balance": show(statement.balance, statement.currency, locale),
        "bank": statement.workspace.bank_details,
    }


OF_ORDER_PAPER = {
    "paper": _("what it is: order confirmation or pro forma invoice"),
    "number": _("its number"),
    "order": _("number of the job or quote"),
    "client": _("name of the client"),
    "total": _("total with tax"),
}


def _of_order_paper(paper) -> dict[str, str]:
    return {
        "paper": str(paper.get_kind_display()),
        "number": paper.number,
        "order": paper.frozen.get("order", ""),
        "client": paper.client.name,
        "total": show(paper.total, paper.currency, paper.workspace.locale),
    }


QUOTE = outbox.register(
    outbox.Occasion("quote", _("A quote is sent"), CLIENT, "billing.Quote", OF_QUOTE, _of_quote, always=True)
)
ORDERED = outbox.register(
    outbox.Occasion(
        "ordered", _("A client’s order in the portal is confirmed"), CLIENT, "billing.Quote", OF_ORDER, _of_order,
        always=True,
    )
)  # fmt: skip
ASKED = outbox.register(
    outbox.Occasion(
        "asked", _("A client asks for a quote in the portal"), STAFF, "production.Enquiry", OF_ENQUIRY, _of_enquiry,
        permission="production.view_enquiry",
    )
)  # fmt: skip
ACCEPTED = outbox.register(
    outbox.Occasion(
        "quote_accepted", _("A client accepts a quote"), STAFF, "billing.Quote", ANSWERED, _of_answer,
        permission="billing.view_quote",
    )
)  # fmt: skip
DECLINED = outbox.register(
    outbox.Occasion(
        "quote_declined", _("A client declines a quote"), STAFF, "billing.Quote", ANSWERED, _of_answer,
        permission="billing.view_quote",
    )
)  # fmt: skip
RECURRING_MADE = outbox.register(
    outbox.Occasion(
        "recurring_made", _("A recurring invoice is drafted"), STAFF, "billing.RecurringTurn", OF_TURN, _of_turn,
        permission="billing.view_invoice",
    )
)  # fmt: skip
RECURRING_STOPPED = outbox.register(
    outbox.Occasion(
        "recurring_stopped", _("A recurring invoice could not be issued"), STAFF, "billing.RecurringTurn", OF_TURN,
        _of_turn, permission="billing.view_invoice",
    )
)  # fmt: skip
INVOICE = outbox.register(
    outbox.Occasion(
        "invoice", _("An invoice is issued"), CLIENT, "billing.Invoice", OF_INVOICE, _of_invoice, always=True
    )
)
REMINDER = outbox.register(
    outbox.Occasion(
        "reminder", _("A payment is overdue"), CLIENT, "billing.Invoice",
        {**OF_INVOICE, "level": _("which reminder it is"), "fee": _("what the reminder costs"),
         "pay_by": _("until when it is to be paid")}, _of_invoice,
        always=True,
    )
)  # fmt: skip
STATEMENT = outbox.register(
    outbox.Occasion(
        "statement", _("A statement of account is sent"), CLIENT, "billing.AccountStatement", OF_STATEMENT,
        _of_statement, always=True,
    )
)  # fmt: skip
PAID = outbox.register(
    outbox.Occasion(
        "paid", _("A payment has come in"), CLIENT, "billing.Invoice", {**OF_INVOICE, "amount": _("what was paid")},
        _of_invoice,
    )
)  # fmt: skip
OF_DELIVERY = {
    "delivery": _("number of the delivery"),
    "job": _("number of the job"),
    "title": _("what it is about"),
    "client": _("name of the client"),
    "carrier": _("who carries it"),
    "tracking": _("tracking number"),
    "tracking_page": _("address where it can be followed"),
    "address": _("where it goes"),
    "received_by": _("who took it"),
}


def _of_delivery(delivery) -> dict[str, str]:
    return {
        "delivery": delivery.number or "",
        "job": delivery.job.number,
        "title": delivery.job.title,
        "client": delivery.client.name,
        "carrier": str(delivery.get_carrier_display()),
        "tracking": delivery.tracking,
        "address": f"{delivery.recipient}\n{delivery.address}",
        "received_by": delivery.received_by,
    }


SHIPPED = outbox.register(
    outbox.Occasion("shipped", _("A delivery is on its way"), CLIENT, "billing.Delivery", OF_DELIVERY, _of_delivery)
)
ARRIVED = outbox.register(
    outbox.Occasion("arrived", _("A delivery has arrived"), CLIENT, "billing.Delivery", OF_DELIVERY, _of_delivery)
)
ORDER_PAPER = outbox.register(
    outbox.Occasion(
        "order_paper", _("An order confirmation or a pro forma invoice is sent"), CLIENT, "billing.OrderPaper",
        OF_ORDER_PAPER, _of_order_paper, always=True,
    )
)  # fmt: skip
