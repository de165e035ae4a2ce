from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, FilterSet

from portal.words import JOB


class OrderedFilter(FilterSet):
    text = CharFilter(label=_("Part or file"), method="containing")

    def containing(self, rows, name, value):
        return rows.filter(Q(description__icontains=value) | Q(design_file__name__icontains=value, hides_drawing=False))


class JobFilter(FilterSet):
    state = ChoiceFilter(label=_("State"), choices=list(JOB.items()), empty_label=_("All"))
    text = CharFilter(label=_("Number or title"), method="containing")

    def containing(self, rows, name, value):
        return rows.filter(Q(number__icontains=value) | Q(title__icontains=value))
