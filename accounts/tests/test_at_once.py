import pytest
from django.utils import timezone

from laseros.tests.processes import run_together

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


def test_eight_processes_draw_numbers_without_gap_or_double(workspace):
    drawn = run_together("accounts.tests.at_once:draw_numbers", [(workspace.pk, 15)] * 8)
    year = timezone.localdate().year
    assert sorted(number for numbers in drawn for number in numbers) == [
        f"INV-{year}-{number:04}" for number in range(1, 81)
    ]
