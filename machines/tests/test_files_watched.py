"""Watched folders: what is whole is taken in once and put aside; nothing outside is ever opened."""

import os
import time

import pytest

from machines.files import watched
from machines.models import Machine, PrintFile
from machines.tests.gcode import files as made

pytestmark = [pytest.mark.usefixtures("scoped"), pytest.mark.one_database]
GCODE = made.prusa(moves="G1 X1 Y1 E.01\n" * 20)


@pytest.fixture
def folder(workspace, settings, tmp_path):
    settings.WATCHED_FOLDERS = tmp_path / "watched"
    found = watched.folder_of(workspace)
    found.mkdir(parents=True)
    return found


def lay(folder, name, content=GCODE, seconds_ago=60):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (time.time() - seconds_ago,) * 2)
    return path


def rows():
    return [
        (row.name, row.machine and row.machine.name, row.state, row.size) for row in PrintFile.objects.order_by("pk")
    ]


def test_what_is_whole_is_taken_in_once_and_put_aside(workspace, folder, run_work):
    printer = Machine.objects.create(workspace=workspace, name="P1", kind="printer", driver="moonraker")
    lay(folder, "Vase 🦊.gcode")
    lay(folder, "half.gcode", b"G1 X2\n", seconds_ago=1)
    lay(folder, "notes.txt", b"no file to print")
    lay(folder, ".hidden.gcode", b"G1 X3\n")
    lay(folder, "P1/plate.bgcode", b"G1 X4\n")
    watched.look_everywhere()
    run_work()
    assert rows() == [("Vase 🦊.gcode", None, "local", len(GCODE)), ("plate.bgcode", "P1", "local", 6)]
    assert PrintFile.objects.get(machine=None).facts["slicer"]
    assert sorted(path.name for path in folder.iterdir()) == [".hidden.gcode", "P1", "half.gcode", "notes.txt", "taken"]
    assert [path.name for path in (folder / "P1" / "taken").iterdir()] == ["plate.bgcode"]
    lay(folder, "Vase 🦊.gcode")  # once more, and under another name
    lay(folder, "again.gcode")
    watched.take_in(workspace.pk)
    assert len(rows()) == 2
    names = sorted(path.name for path in (folder / "taken").iterdir())
    assert names == ["Vase 🦊 (1).gcode", "Vase 🦊.gcode", "again.gcode"]
    watched.look_everywhere()
    assert run_work() == 0
    assert printer.files.count() == 1


def test_links_lead_nowhere(workspace, folder, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    secret = lay(outside, "secret.gcode")
    (folder / "link.gcode").symlink_to(secret)
    (folder / "P1").symlink_to(outside)
    Machine.objects.create(workspace=workspace, name="P1", kind="printer", driver="moonraker")
    Machine.objects.create(workspace=workspace, name="../../outside", kind="printer", driver="moonraker")
    os.mkfifo(folder / "pipe.gcode")
    watched.take_in(workspace.pk)
    assert rows() == []
    with pytest.raises(OSError):
        watched._copied(folder / "link.gcode", tmp_path / "copy")
    (folder / "taken").symlink_to(outside)
    mine = lay(folder, "mine.gcode", b"G1 X9\n")
    watched.take_in(workspace.pk)
    watched.take_in(workspace.pk)
    assert rows() == [("mine.gcode", None, "local", 6)]
    assert mine.exists()
    assert [path.name for path in outside.iterdir()] == ["secret.gcode"]


def test_a_folder_exchanged_for_a_link_between_looking_and_opening(workspace, folder, tmp_path):
    outside = tmp_path / "outside"
    Machine.objects.create(workspace=workspace, name="P1", kind="printer", driver="moonraker")
    lay(folder, "P1/plate.gcode")
    (found,) = watched.lying(workspace)
    (folder / "P1").rename(outside)
    (folder / "P1").symlink_to(outside)
    for deed in (lambda: watched._take(workspace, found), lambda: watched._put_aside(found.path)):
        with pytest.raises(OSError):
            deed()
    assert (rows(), [path.name for path in outside.iterdir()]) == ([], ["plate.gcode"])
