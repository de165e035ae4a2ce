from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import WorkspaceModel
from billing.models.closing import PeriodClose
from billing.models.delivery import Delivery
from billing.models.invoice import Invoice
from billing.models.order_paper import OrderPaper
from billing.models.payment import Allocation, Payment
from billing.models.quote import Quote
from billing.models.received import ReceivedInvoice
from billing.models.reminding import AccountStatement, Reminder

DOCUMENTS = ("invoice", "delivery", "order_paper", "reminder", "statement", "payment", "allocation", "period_close",
             "received", "quote")  # fmt: skip


def of_document(model: type[models.Model], label) -> models.ForeignKey:
    return models.ForeignKey(model, models.PROTECT, null=True, related_name="seals", verbose_name=label)


def _of_exactly_one() -> Q:
    found = Q()
    for mine in DOCUMENTS:
        found |= Q(**{f"{name}__isnull": name != mine for name in DOCUMENTS})
    return found


class Seal(WorkspaceModel):
    """What a document said when it left the house or came in, or money and closed months when they were booked, or the
    print of a PDF that was made later: one link of a business's chain, see `billing.chain`. Never changed."""

    position = models.PositiveIntegerField(_("position"))
    invoice = of_document(Invoice, _("invoice"))
    delivery = of_document(Delivery, _("delivery"))
    order_paper = of_document(OrderPaper, _("order paper"))
    reminder = of_document(Reminder, _("reminder"))
    statement = of_document(AccountStatement, _("statement of account"))
    payment = of_document(Payment, _("payment"))
    allocation = of_document(Allocation, _("allocation"))
    period_close = of_document(PeriodClose, _("closed month"))
    received = of_document(ReceivedInvoice, _("received invoice"))
    quote = of_document(Quote, _("quote"))
    is_paper = models.BooleanField(_("print of the PDF"), default=False)
    at = models.DateTimeField(_("when"))
    by = models.CharField(_("who"), max_length=160)
    content = models.TextField(_("content"))
    previous = models.CharField(_("link before"), max_length=64, blank=True)
    link = models.CharField(pgettext_lazy("chain", "link"), max_length=64)

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "position"], name="seal_position_once"),
            models.CheckConstraint(condition=Q(position__gt=0), name="seal_from_one"),
            models.CheckConstraint(condition=_of_exactly_one(), name="seal_of_one_document"),
            *(
                models.UniqueConstraint(
                    fields=[name, "is_paper"], condition=Q(**{f"{name}__isnull": False}), name=f"seal_of_{name}_once"
                )
                for name in DOCUMENTS
            ),
        ]

    def __str__(self):
        return f"{self.position}: {self.document}"

    @property
    def document(self):
        """Whichever it is a seal of."""
        name = next((name for name in DOCUMENTS if getattr(self, f"{name}_id") is not None), None)
        return getattr(self, name) if name else None

    def save(self, *args, **kwargs):
        if self.pk is not None:
            raise TypeError("a seal is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("a seal is never deleted")
