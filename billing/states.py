"""The lives of quotes, deliveries and invoices. Overdue and expired-by-date are read from dates, not stored twice."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from laseros.core.states import Life, Move

QUOTE = Life(
    {
        "draft": _("draft"),
        "sent": _("sent"),
        "accepted": _("accepted"),
        "declined": _("declined"),
        "expired": _("expired"),
        "withdrawn": _("withdrawn"),
    },
    [
        Move("send", ("draft",), "sent", _("Send")),
        Move("accept", ("sent",), "accepted"),
        Move("decline", ("sent",), "declined"),
        Move("expire", ("sent",), "expired"),
        Move("withdraw", ("draft", "sent"), "withdrawn", _("Withdraw")),
    ],
)

INVOICE = Life(
    {
        "draft": _("draft"),
        "issued": _("sent"),
        "partly_paid": _("partly paid"),
        "paid": _("paid"),
        "credited": _("credited"),
        "reversed": pgettext_lazy("invoice", "cancelled by another"),
        "booked": pgettext_lazy("credit note", "issued"),
        "cancelled": pgettext_lazy("draft", "cancelled"),
    },
    [
        Move("issue", ("draft",), "issued", _("Issue and send")),
        Move("pay_part", ("issued", "partly_paid", "paid"), "partly_paid"),
        Move("pay", ("issued", "partly_paid"), "paid"),
        Move("unpay", ("partly_paid", "paid"), "issued"),
        Move("credit", ("issued", "partly_paid", "paid"), "credited"),
        Move("reverse", ("issued", "partly_paid", "paid"), "reversed"),
        Move("book", ("draft",), "booked"),
        Move("cancel", ("draft",), "cancelled", _("Discard draft")),
    ],
)

BANK_LINE = Life(
    {
        "open": pgettext_lazy("bank line", "open"),
        "booked": pgettext_lazy("bank line", "booked"),
        "settled": pgettext_lazy("bank line", "for received invoices"),
        "ignored": pgettext_lazy("bank line", "left out"),
    },
    [
        Move("book", ("open",), "booked"),
        Move("settle", ("open",), "settled"),
        Move("unsettle", ("settled",), "open"),
        Move("reopen", ("booked", "ignored"), "open"),
        Move("ignore", ("open",), "ignored"),
    ],
)

RECEIVED = Life(
    {
        "to_check": pgettext_lazy("received invoice", "to be checked"),
        "approved": pgettext_lazy("received invoice", "approved"),
        "paid": pgettext_lazy("received invoice", "paid"),
        "rejected": pgettext_lazy("received invoice", "rejected"),
    },
    [
        Move("approve", ("to_check",), "approved"),
        Move("reject", ("to_check", "approved"), "rejected"),
        Move("look_again", ("approved", "rejected"), "to_check"),
        Move("pay", ("approved",), "paid"),
        Move("unpay", ("paid",), "approved"),
    ],
)

PAYMENT_ATTEMPT = Life(
    {
        "opened": pgettext_lazy("card", "begun"),
        "superseded": pgettext_lazy("card", "begun anew"),
        "failed": pgettext_lazy("card", "did not go through"),
        "paid": pgettext_lazy("card", "paid"),
        "refunded": pgettext_lazy("card", "paid back"),
    },
    [
        Move("supersede", ("opened",), "superseded"),
        Move("fail", ("opened", "superseded"), "failed"),
        # A second card on the provider's page, or one that was begun in another tab.
        Move("pay", ("opened", "superseded", "failed"), "paid"),
        Move("refund", ("paid",), "refunded"),
    ],
)

CARD_EVENT = Life(
    {
        "waiting": pgettext_lazy("card", "waiting for the payment"),
        "applied": pgettext_lazy("card", "taken"),
        "left": pgettext_lazy("card", "nothing to do"),
        "matter": pgettext_lazy("card", "to be looked at"),
        "settled": pgettext_lazy("card", "dealt with"),
    },
    [
        Move("apply", ("waiting",), "applied"),
        Move("leave", ("waiting",), "left"),
        Move("ask", ("waiting",), "matter"),
        Move("settle", ("matter",), "settled", _("Dealt with")),
    ],
)

DELIVERY = Life(
    {
        "draft": _("draft"),
        "packed": pgettext_lazy("delivery", "packed"),
        "checked": pgettext_lazy("delivery", "checked"),
        "shipped": _("shipped"),
        "delivered": pgettext_lazy("delivery", "delivered"),
        "returned": _("came back"),
        "cancelled": pgettext_lazy("delivery", "cancelled"),
    },
    [
        Move("pack", ("draft",), "packed", _("Packed")),
        Move("unpack", ("packed", "checked"), "draft", _("Unpack")),
        Move("check", ("packed",), "checked", _("Checked")),
        Move("ship", ("packed", "checked"), "shipped", _("Ship")),
        Move("deliver", ("shipped",), "delivered", _("It has arrived")),
        Move("return", ("shipped", "delivered"), "returned", _("It came back")),
        Move("cancel", ("draft", "packed", "checked", "shipped"), "cancelled", pgettext_lazy("delivery", "Cancel")),
    ],
)

REMINDER = Life(
    {
        "proposed": pgettext_lazy("reminder", "proposed"),
        "sent": pgettext_lazy("reminder", "sent"),
        "dropped": pgettext_lazy("reminder", "dropped"),
    },
    [
        Move("send", ("proposed",), "sent"),
        Move("drop", ("proposed",), "dropped"),
    ],
)

RECURRING = Life(
    {
        "running": pgettext_lazy("recurring", "running"),
        "paused": pgettext_lazy("recurring", "paused"),
        "ended": pgettext_lazy("recurring", "ended"),
    },
    [
        Move("pause", ("running",), "paused"),
        Move("resume", ("paused",), "running"),
        Move("end", ("running", "paused"), "ended"),
        Move("begin_again", ("ended",), "running"),
    ],
)

OWED = ("issued", "partly_paid")
RECEIVED_OPEN = ("to_check", "approved")
