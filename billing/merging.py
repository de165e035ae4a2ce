"""What of billing's goes on naming the client it was made for, when that is merged into another."""

from django.db.models import Q

from billing.models import AccountStatement, Debtor, Delivery, Invoice, OrderPaper, Payment, Quote
from crm import merging

ALL = Q(pk__isnull=False)
# A draft that corrects an issued invoice is about the same client as that.
merging.keep(Invoice, Q(number__isnull=False) | Q(origin__isnull=False))
merging.keep(Payment, ALL)
merging.keep(Delivery, Q(shipped_on__isnull=False))
merging.keep(AccountStatement, ALL)
merging.keep(OrderPaper, ALL)
merging.keep(Debtor, ALL)
merging.keep(Quote, Q(sent_at__isnull=False))
