"""The demonstration as `run` makes it: each verb in a transaction of its own, none around them all."""

from io import StringIO

import pytest
from django.core.management import call_command
from django_scopes import scope

from accounts.models import Workspace
from billing.models import Reminder

pytestmark = [pytest.mark.slow, pytest.mark.one_database]


@pytest.mark.django_db(transaction=True)
def test_it_is_made_without_a_transaction_around_it():
    call_command("demo", stdout=StringIO(), stderr=StringIO())
    for workspace in Workspace.objects.all():
        with scope(workspace=workspace):
            assert Reminder.objects.filter(state="sent").count() == 1
