"""Who stands where in production's tests, and what lies before them."""

import pytest
from django_scopes import scope

from production import drawings
from production.nests import searching
from production.tests.ground import new_enquiry, new_job, operation_of, started, upload


@pytest.fixture
def desk(log_in, office):
    return log_in(office)


@pytest.fixture
def enquiry(shop, office):
    return new_enquiry(shop, office)


@pytest.fixture
def drawing(shop, enquiry, office, run_work):
    with scope(workspace=shop.workspace):
        row = drawings.receive(shop.workspace, upload(), enquiry=enquiry, item=shop.sheet, quantity=12, by=office)
    run_work()
    row.refresh_from_db()
    return row


@pytest.fixture
def tablet(log_in, operator):
    return log_in(operator)


@pytest.fixture
def operation(shop):
    return operation_of(new_job(shop))


@pytest.fixture
def run(shop, operation, operator):
    return started(shop, operator, operation)


@pytest.fixture
def first_layout(monkeypatch):
    """A search ends with the first layout it finds, where what is looked at is not how good that is."""
    monkeypatch.setattr(searching, "SLICE_S", 0.01)
