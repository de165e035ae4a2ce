"""Measured in a child process: the same figures, the same refusals, and an end to everything."""

import pytest

from laseros.core import fork_server, sandbox
from production.dxf import measure
from production.dxf.child import measure_file
from production.tests.dxf.drawings import circle, dxf, line, plate_text

MEASURE = "production.dxf.child:measure_file"


@pytest.fixture
def plate(tmp_path):
    path = tmp_path / "plate.dxf"
    path.write_text(dxf(plate_text() + line(50, 0, 50, 60, "BEND")))
    return str(path)


def test_the_child_says_what_the_process_itself_would(plate):
    assert sandbox.run(MEASURE, plate, "cm", ["0"]) == measure(plate, "cm", ["0"]).as_dict()
    assert measure_file(plate) == measure(plate).as_dict()


def test_refusals_come_through(tmp_path):
    path = tmp_path / "page.dxf"
    path.write_text("<html>404</html>")
    with pytest.raises(sandbox.Refused, match="web page") as refusal:
        sandbox.run(MEASURE, str(path))
    assert refusal.value.code == "html"


def test_time_runs_out():
    with pytest.raises(sandbox.TookTooLong):
        sandbox.run("time:sleep", 20, seconds=0.6)
    with pytest.raises(sandbox.TookTooLong):
        sandbox.run("math:factorial", 3_000_000, seconds=20, cpu_seconds=1)


def test_memory_runs_out(plate):
    with pytest.raises(sandbox.TooBig):
        sandbox.run("operator:mul", "x" * 1000, 10**9)


@pytest.mark.parametrize("function", ["os:abort", "os:_exit", "builtins:object", "nowhere:at_all"])
def test_crashes_are_told_from_refusals(function):
    with pytest.raises(sandbox.Crashed) as crash:
        sandbox.run(function, *([3] if function == "os:_exit" else []))
    assert isinstance(crash.value, sandbox.SandboxError)
    assert crash.value.reason.endswith(".")
    assert crash.value.details["error"]


def test_the_child_knows_no_secrets(monkeypatch):
    monkeypatch.setattr(fork_server, "_servers", {})  # with these around it is started
    monkeypatch.setenv("SECRET_KEY", "hush")
    monkeypatch.setenv("DATABASE_URL", "postgres://user:secret@host/db")
    seen = sandbox.run("os:getenv", "SECRET_KEY"), sandbox.run("os:getenv", "DATABASE_URL")
    assert seen == (None, None)


def test_the_child_writes_no_files(tmp_path):
    path = tmp_path / "written"
    with pytest.raises(sandbox.Crashed):
        sandbox.run("shutil:copyfile", __file__, str(path))
    assert not path.exists() or path.stat().st_size == 0


def test_printing_does_not_spoil_the_answer():
    assert sandbox.run("builtins:print", "hello") is None
    assert sandbox.run("os:system", "echo hello") is not None


def test_a_large_drawing_fits_into_the_limits(tmp_path):
    path = tmp_path / "sheet.dxf"
    path.write_text(dxf("".join(circle(i % 100 * 10, i // 100 * 10, 3) for i in range(10_000))))
    assert sandbox.run(MEASURE, str(path))["closed_contours"] == 10_000
