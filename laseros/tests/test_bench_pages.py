"""What the bench of pages says of times as they might have been. The run itself is `make bench`."""

import pytest
from django.contrib import admin

from crm.models import Client
from laseros.bench.pages import NAME_OF_REFERENCE, _at_most, shortened
from laseros.management.commands.bench import Command, times_and_growth


def clocks(times: list[float], beside: list[float] | None = None, rows: int = 50) -> dict:
    beside = beside or [10.0] * len(times)
    return {"wall": times, "cpu": times, "wall_beside": beside, "cpu_beside": beside, "rows": rows}


def test_a_busy_moment_meets_the_reference_too():
    quiet = clocks([30.0] * 20)
    busy = clocks([30.0] * 18 + [90.0] * 2, [10.0] * 18 + [30.0] * 2)
    times, growth = times_and_growth({1: {"Jobs": quiet}, 100: {"Jobs": busy}}, 100, "Jobs")
    assert times == {"wall": 3.0, "cpu": 3.0}
    assert growth == {"growth": {"wall": 1.0, "cpu": 1.0}}


def test_what_is_slow_by_itself_is_over_the_limit():
    slow = clocks([30.0] * 18 + [90.0] * 2)
    times, growth = times_and_growth({1: {"Jobs": clocks([30.0] * 20)}, 100: {"Jobs": slow}}, 100, "Jobs")
    assert times["wall"] == 9.0
    assert growth["growth"]["wall"] == 1.0  # twice of twenty is no growth
    grown = {1: {"Jobs": clocks([20.0] * 20)}, 100: {"Jobs": clocks([30.0] * 20)}}
    assert times_and_growth(grown, 100, "Jobs")[1]["growth"]["wall"] == 1.5


def test_more_rows_are_told_and_growth_is_of_the_same_rows(capsys):
    small = {NAME_OF_REFERENCE: clocks([10.0] * 20), "Reminders": clocks([20.0] * 20, rows=5)}
    large = {
        NAME_OF_REFERENCE: clocks([10.0] * 20),
        "Reminders": clocks([30.0] * 20, rows=50),
        shortened("Reminders"): clocks([22.0] * 20, rows=5),
    }
    Command()._report({"sqlite": {1: small, 100: large}}, 100)
    said = capsys.readouterr().out
    assert "| Reminders | 3.00 (3.00) | 1.10 (1.10) with 5 rows; with all 50 of them 1.50 (1.50) |" in said
    assert "Every page is within its limits." in said
    large[shortened("Reminders")] = clocks([26.0] * 20, rows=5)
    Command()._report({"sqlite": {1: small, 100: large}}, 100)
    assert "Reminders on sqlite: 3.00 (3.00), growth 1.30 (1.30)" in capsys.readouterr().out


def test_a_list_is_as_short_as_it_is_asked_and_then_as_before():
    room = admin.site.get_model_admin(Client)
    with pytest.raises(ZeroDivisionError), _at_most(5, Client):
        assert room.list_per_page == 5
        1 / 0  # noqa: B018
    assert room.list_per_page == 50
    with _at_most(None, None):
        assert room.list_per_page == 50
