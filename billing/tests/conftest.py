"""Who stands where in billing's tests."""

import pytest
from django_scopes import scope

from laseros.tests.ground import new_person


@pytest.fixture
def ground(workspace, shop, office):
    """ground(function) → its result inside the scope of the workspace, with the shop and the office."""

    def within(function, *arguments):
        with scope(workspace=workspace):
            return function(shop, office, *arguments)

    return within


@pytest.fixture
def enter(log_in, workspace):
    return lambda role: log_in(new_person(role, workspace, f"{role}.two@{workspace.slug}.example"))
