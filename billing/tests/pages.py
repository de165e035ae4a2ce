"""Pages of billing as a browser asks for them."""

import re

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

ROOMS = re.compile(r'FROM "(billing|production|inventory|machines|crm)_')


def page(record, what="change"):
    return reverse(f"admin:billing_{record._meta.model_name}_{what}", args=[record.pk])


def press(client, record, verb, data=None):
    return client.post(reverse(f"admin:billing_{record._meta.model_name}_verb", args=[record.pk, verb]), data or {})


def said(response, client):
    page = client.get(response.headers["Location"]) if response.status_code == 302 else response
    return page.content.decode()


def own_queries(client, url) -> int:
    """Queries to the rooms' tables; what every page of the back office asks besides is counted where that is built."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    statements = [query["sql"] for query in captured.captured_queries]
    return sum(bool(ROOMS.search(sql)) and 'FROM "accounts_workspace"' not in sql for sql in statements)
