"""A list filter from one day to another, both included, in the time zone of the business."""

from datetime import datetime, time, timedelta

from django.db.models import DateTimeField
from django.utils.timezone import make_aware
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.utils import parse_date_str


class BetweenDays(RangeDateFilter):
    """The theme's own compares moments with naive midnights and leaves the last day out."""

    def queryset(self, request, queryset):
        first, last = self._day("from"), self._day("to")
        if first:
            queryset = queryset.filter(**{f"{self.parameter_name}__gte": self._start(first)})
        if last:
            queryset = queryset.filter(**{f"{self.parameter_name}__lt": self._start(last + timedelta(days=1))})
        return queryset

    def _day(self, side: str):
        typed = self.used_parameters.get(f"{self.parameter_name}_{side}")
        try:
            return parse_date_str(typed) if typed else None
        except ValueError:
            return None

    def _start(self, day):
        return make_aware(datetime.combine(day, time.min)) if isinstance(self.field, DateTimeField) else day
