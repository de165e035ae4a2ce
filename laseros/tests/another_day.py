"""`pytest --today=2028-02-29T23:30` runs the tests as if it were then (UTC): a month end, a leap day.

A plugin of pytest, loaded by the root `conftest.py`. The clock goes on from there; processes of their own keep the real
one, so it is for what runs within pytest: the demo, the rooms' verbs and pages.
"""

from datetime import UTC, datetime

import pytest
import time_machine


def pytest_addoption(parser):
    parser.addoption("--today", help="the moment at which the tests begin, in UTC: 2028-02-29T23:30")


@pytest.fixture(autouse=True, scope="session")
def _another_day(request):
    moment = request.config.option.today
    if not moment:
        yield
        return
    with time_machine.travel(datetime.fromisoformat(moment).replace(tzinfo=UTC), tick=True):
        yield
