"""`make test` tries a few tests of browsers and processes once more when they failed, and says which."""

import importlib.util
import sys
from textwrap import dedent

import pytest
from django.conf import settings

PLUGINS = 'pytest_plugins = ["laseros.tests.shares"]\n'
INI = "[pytest]\naddopts = --strict-markers\nmarkers =\n    browser: drives Chromium\n    processes: starts processes\n"
UNLUCKY = """
import pathlib
import pytest

def fails_once(name):
    mark = pathlib.Path(__file__).with_name(name)
    if not mark.exists():
        mark.touch()
        raise AssertionError("too late")

@pytest.fixture
def house(request):
    yield
    fails_once(request.node.name + " has an end")
"""


@pytest.fixture
def suite(monkeypatch, tmp_path):
    """suite(tests) -> (`.ci/test.py` as a module, the tally of a pass over these tests)."""
    place = importlib.util.spec_from_file_location("suite_of_the_house", settings.BASE_DIR / ".ci" / "test.py")
    module = importlib.util.module_from_spec(place)
    monkeypatch.setitem(sys.modules, place.name, module)
    place.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(sys, "argv", ["test.py"])
    around = {
        "PYTHONPATH": str(settings.BASE_DIR),
        "DJANGO_SETTINGS_MODULE": "",
        "PYTEST_ADDOPTS": "-p xdist.plugin",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # of no use here, and half of its start
    }

    def run(tests: str, *options: str, longest_test: int = 60):
        monkeypatch.setattr(module, "LONGEST_TEST", longest_test)
        for name, text in {"conftest.py": PLUGINS, "pytest.ini": INI, "test_it.py": UNLUCKY + dedent(tests)}.items():
            (tmp_path / name).write_text(text)
        tally = module.Tally()
        module.run_passes([module.Pass("SQLite", ["-n", "0", *options], around)], tally)
        return module, tally

    return run


def test_what_waits_for_others_gets_a_second_try_and_nothing_else(suite, capsys):
    module, tally = suite(
        """
        @pytest.mark.browser
        @pytest.mark.parametrize("width", ["a desk [1]", "phone"])
        def test_page(width):
            fails_once(width)

        @pytest.mark.processes
        def test_worker(house):
            fails_once("worker")

        @pytest.mark.browser
        def test_broken():
            raise AssertionError("always")

        def test_sum():
            fails_once("sum")

        def test_fine():
            pass
        """,
        "-n",
        "2",
    )
    lucky = ["test_page[a desk [1]]", "test_page[phone]", "test_worker"]
    assert sorted(tally.second_try) == [f"test_it.py::{name} (SQLite)" for name in lucky]
    assert +tally.counts == {"passed": 4, "failed": 2}
    assert module.report(tally, 1) == 1
    said = capsys.readouterr().out.partition("Passed only at the second try, alone:\n")[2]
    assert sorted(said.splitlines()[:3]) == [f"  test_it.py::{name} (SQLite)" for name in lucky]


def test_with_luck_at_the_second_try_the_pass_is_passed(suite, capsys):
    module, tally = suite(
        """
        @pytest.mark.processes
        def test_worker(house):
            pass
        """
    )
    assert tally.second_try == ["test_it.py::test_worker (SQLite)"]
    assert +tally.counts == {"passed": 1}
    assert module.report(tally, 1) == 0
    assert "test_it.py::test_worker (SQLite)" in capsys.readouterr().out


def test_six_are_no_bad_luck(suite):
    _module, tally = suite(
        """
        @pytest.mark.browser
        @pytest.mark.parametrize("number", range(6))
        def test_page(number):
            fails_once(f"page {number}")
        """
    )
    assert (tally.second_try, +tally.counts) == ([], {"failed": 6})


def test_one_that_hangs_is_ended_and_named_and_the_others_go_on(suite, capfd):
    _module, tally = suite(
        """
        import threading

        @pytest.mark.processes
        def test_worker():
            if not pathlib.Path(__file__).with_name("hung").exists():
                pathlib.Path(__file__).with_name("hung").touch()
                threading.Event().wait()

        def test_deaf():
            threading.Event().wait()

        @pytest.mark.parametrize("number", range(5))
        def test_fine(number):
            pass
        """,
        "-n",
        "2",
        longest_test=3,
    )
    assert tally.second_try == ["test_it.py::test_worker (SQLite)"]
    assert +tally.counts == {"passed": 6, "errors": 1}
    said = capfd.readouterr()
    assert "crashed while running 'test_it.py::test_deaf'" in said.out
    assert "in test_deaf" in said.err  # and where it stood
