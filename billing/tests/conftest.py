"""Who stands where in billing's tests."""

import pytest
from django_scopes import scope

from accounts.models import Workspace
from billing.tests.ground import FULL
from crm.models import Address
from laseros.tests.ground import new_person, stock_shop


@pytest.fixture
def ground(workspace, shop, office):
    """ground(function) → its result inside the scope of the workspace, with the shop and the office."""

    def within(function, *arguments):
        with scope(workspace=workspace):
            return function(shop, office, *arguments)

    return within


@pytest.fixture
def german(other_workspace):
    """A German shop whose electronic invoices are complete, and the address of its client; in its scope."""
    Workspace.objects.filter(pk=other_workspace.pk).update(**FULL)
    other_workspace.refresh_from_db()
    with scope(workspace=other_workspace):
        shop = stock_shop(other_workspace)
        Address.objects.create(workspace=other_workspace, client=shop.client, street="Bahnhofstraße 1",
                               postcode="04109", city="Leipzig", country="DE")  # fmt: skip
        yield shop


@pytest.fixture
def enter(log_in, workspace):
    return lambda role: log_in(new_person(role, workspace, f"{role}.two@{workspace.slug}.example"))
