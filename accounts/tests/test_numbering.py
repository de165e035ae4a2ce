import datetime

import pytest
from django.db import transaction

from accounts import numbering
from laseros.core import numbering as formats
from laseros.core.errors import Refused

pytestmark = pytest.mark.usefixtures("scoped")
DAY = datetime.date(2026, 11, 21)


def draw(workspace, kind, **parts):
    with transaction.atomic():
        return numbering.draw(workspace, kind, DAY, **parts)


def test_every_kind_of_number_as_the_field_writes_it(workspace):
    assert draw(workspace, "client") == "CL-0001"
    assert draw(workspace, "job", client="CL0001") == "JB-2026-11-CL0001-001"
    assert draw(workspace, "product", material="MS", thickness="3") == "SKU-MS3-0001"
    assert draw(workspace, "sheet", material="MS", thickness="3") == "INV-MS-3MM-001"
    assert draw(workspace, "quote") == "QT-2026-0001"
    assert draw(workspace, "invoice") == "INV-2026-0001"
    assert draw(workspace, "invoice") == "INV-2026-0002"


def test_a_rollback_leaves_no_gap(workspace):
    assert draw(workspace, "invoice") == "INV-2026-0001"
    with pytest.raises(RuntimeError, match="stop"), transaction.atomic():
        numbering.draw(workspace, "invoice", DAY)
        raise RuntimeError("stop")
    assert draw(workspace, "invoice") == "INV-2026-0002"


def test_counters_start_again_with_their_prefix(workspace):
    assert draw(workspace, "job", client="CL0001") == "JB-2026-11-CL0001-001"
    assert draw(workspace, "job", client="CL0002") == "JB-2026-11-CL0002-001"
    with transaction.atomic():
        assert numbering.draw(workspace, "quote", datetime.date(2027, 1, 1)) == "QT-2027-0001"


def test_two_businesses_count_apart(workspace, other_workspace):
    from django_scopes import scope

    assert draw(workspace, "invoice") == "INV-2026-0001"
    with scope(workspace=other_workspace):
        assert draw(other_workspace, "invoice") == "INV-2026-0001"


def test_a_business_writes_its_own_formats(workspace):
    workspace.number_formats = {"invoice": "RE{yyyy}/{n:5}-A"}
    assert draw(workspace, "invoice") == "RE2026/00001-A"


@pytest.mark.parametrize(
    "form", ["INV-{yyyy}", "{n}{n}", "INV-{secret}-{n}", "{n.__class__}", "<b>{n}", "x" * 61 + "{n}", "{n:0}"]
)
def test_a_format_that_cannot_number_is_refused(form):
    with pytest.raises(Refused):
        formats.check("invoice", form)


def test_outside_a_transaction_no_number_is_drawn(workspace, transactional_db):
    with pytest.raises(RuntimeError):
        numbering.draw(workspace, "invoice", DAY)
