from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, FilterSet

from billing.states import OWED
from portal.words import INVOICE, JOB, QUOTE


class OrderedFilter(FilterSet):
    text = CharFilter(label=_("Part or file"), method="containing")

    def containing(self, rows, name, value):
        return rows.filter(Q(description__icontains=value) | Q(design_file__name__icontains=value, hides_drawing=False))


class TitledFilter(FilterSet):
    text = CharFilter(label=_("Number or title"), method="containing")

    def containing(self, rows, name, value):
        return rows.filter(Q(number__icontains=value) | Q(title__icontains=value))


class JobFilter(TitledFilter):
    state = ChoiceFilter(label=_("State"), choices=list(JOB.items()), empty_label=_("All"))


class QuoteFilter(TitledFilter):
    state = ChoiceFilter(label=_("State"), choices=list(QUOTE.items()), empty_label=_("All"), method="standing")

    def standing(self, rows, name, value):
        """As `portal.words.standing` tells it: an offer whose day is past has expired, whatever it is called."""
        past = Q(state="sent", valid_until__lt=timezone.localdate())
        if value == "expired":
            return rows.filter(Q(state="expired") | past)
        return rows.filter(state=value).exclude(past)


class InvoiceFilter(FilterSet):
    text = CharFilter(label=_("Number or job"), method="containing")
    state = ChoiceFilter(label=_("State"), choices=list(INVOICE.items()), empty_label=_("All"), method="standing")

    def standing(self, rows, name, value):
        overdue = Q(state__in=OWED, due_on__lt=timezone.localdate())
        return rows.filter(overdue) if value == "overdue" else rows.filter(state=value).exclude(overdue)

    def containing(self, rows, name, value):
        found = Q(number__icontains=value) | Q(job__number__icontains=value) | Q(job__title__icontains=value)
        return rows.filter(found)
