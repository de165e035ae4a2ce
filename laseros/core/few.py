"""Rows of which there are few in a long table: those in a state that most have left behind."""

from django.db.models import QuerySet


def few(rows: QuerySet) -> QuerySet:
    """The same rows, found in an index first and read by their keys then.

    SQLite knows how many rows have a state on average and not how many have this one, so it reads the whole table for
    a handful. For states that an index of the table has.
    """
    return rows.model.objects.filter(pk__in=rows.order_by().values("pk"))
