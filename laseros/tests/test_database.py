"""A test with committed data leaves the database as it was: twice the same, so the second sees what the first left."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django_q.models import Schedule
from django_scopes import scopes_disabled

from crm.models import Client

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("time", ["first", "second"])
def test_committed_data_are_gone_and_what_migrating_made_is_there(shop, time):
    with scopes_disabled():
        assert Client.objects.get() == shop.client
    assert (Group.objects.count() > 3, Schedule.objects.count() > 1) == (True, True)
    assert not Group.objects.filter(name="odd").exists()
    assert not Schedule.objects.filter(repeats=77).exists()
    assert Permission.objects.filter(group__isnull=False).exists()
    assert ContentType.objects.get_for_model(Client).model_class() is Client
    Schedule.objects.update(repeats=77)
    Group.objects.all().delete()
    Group.objects.create(name="odd")


@pytest.mark.parametrize("time", ["held", "free again"])
def test_who_stays_in_the_database_is_named_and_turned_out(shop, time, monkeypatch):
    from django.db import connection, connections

    from laseros.tests import database

    if connection.vendor == "sqlite":
        return  # one writer at a time, and one that waits gives up by itself
    with scopes_disabled():
        assert Client.objects.get() == shop.client
    beginning = database.rows_that_are_there()
    if time == "held":
        monkeypatch.setattr(database, "LET_GO_WITHIN", 1)
        other = connections.create_connection("default")
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("LOCK TABLE crm_client")
        try:
            with pytest.raises(RuntimeError, match="LOCK TABLE crm_client"):
                database.put_back(beginning)
        finally:
            other.close()
