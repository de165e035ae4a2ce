"""What a database wants done for it at night."""

from django.db import connection


def refresh_statistics() -> None:
    """Let the database look at its tables anew, so that it chooses its indexes by what is in them.

    PostgreSQL does it by itself within minutes; SQLite never does, and without it takes any index for as good as any
    other. One pass over the indexes: a second for twenty thousand jobs.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
