import pytest

from portal.tests import ground


@pytest.fixture
def buyer(workspace):
    """A client of the workspace."""
    return ground.new_client(workspace)


@pytest.fixture
def other_buyer(workspace):
    """Another client of the same workspace."""
    return ground.new_client(workspace, ground.SECRETS["another client"])


@pytest.fixture
def far_buyer(other_workspace):
    """A client of another workspace, a German one."""
    return ground.new_client(other_workspace, "Kettler Modellbau")


@pytest.fixture
def contact(buyer):
    return ground.new_contact(buyer)


@pytest.fixture
def buyer_logged_in(contact, log_in):
    """The test client, logged in as the contact of `buyer`."""
    return log_in(ground.let_in(contact))
