"""Cameras on the wire: a picture or a reason, never more than fits, never from another computer."""

import pytest

from laseros.core.drivers import CredentialsRefused, Unreachable
from machines import drivers
from machines.simulators.wire.bambu import BambuPrinter
from machines.simulators.wire.moonraker import MoonrakerServer
from machines.simulators.wire.octoprint import OctoPrintServer
from machines.simulators.wire.prusalink import PrusaLinkPrinter
from machines.simulators.wire.web import picture
from machines.tests.drivers.stage import play

MACHINES = {
    "bambu": BambuPrinter,
    "octoprint": OctoPrintServer,
    "moonraker": MoonrakerServer,
    "prusalink": lambda: PrusaLinkPrinter(shape="rpi"),
}


@pytest.mark.parametrize("name", MACHINES)
def test_a_picture_or_why_there_is_none(name, tmp_path):
    async def seen(machine, **more):
        return await drivers.build(name, {**machine.options, **more}, tmp_path).picture()

    async def story():
        machine = MACHINES[name]()
        await machine.start()
        try:
            assert await seen(machine) == picture()
            for fault, words in (("no picture", "no picture"), ("large picture", "larger than any machine's")):
                machine.printing.faults.add(fault)
                with pytest.raises(Unreachable, match=words):
                    await seen(machine)
                machine.printing.faults.clear()
        finally:
            await machine.stop()

    play(story())


def test_only_the_machine_itself_is_asked(tmp_path):
    async def story():
        for name, machine in (("octoprint", OctoPrintServer()), ("moonraker", MoonrakerServer())):
            await machine.start()
            driver = drivers.build(name, machine.options, tmp_path)
            machine.webcam = f"http://localhost:{machine.port}/webcam/?action=snapshot"  # as the machine calls itself
            assert await driver.picture() == picture()
            for away in (
                "http://10.1.2.3/",
                "http://169.254.169.254/latest",
                "file:///etc/passwd",
                "http://a:b@127.0.0.1/",
            ):
                machine.webcam = away
                with pytest.raises(Unreachable, match="another address"):
                    await driver.picture()
            machine.webcam = ""
            assert await driver.picture() is None
            await machine.stop()
        printer = PrusaLinkPrinter(shape="buddy")
        await printer.start()
        assert await drivers.build("prusalink", printer.options, tmp_path).picture() is None
        with pytest.raises(CredentialsRefused):
            await drivers.build("prusalink", {**printer.options, "api_key": "x"}, tmp_path).picture()
        await printer.stop()

    play(story())


def test_a_printer_without_this_camera_and_a_stranger_in_its_place(tmp_path):
    async def story():
        printer = BambuPrinter()
        await printer.start()
        options = {**printer.options, "camera_port": 9}
        assert await drivers.build("bambu", options, tmp_path).picture() is None
        with pytest.raises(Unreachable, match="ended the connection"):
            await drivers.build("bambu", {**printer.options, "access_code": "87654321"}, tmp_path).picture()
        (tmp_path / "certificate").write_text(f"{printer.serial} of-another")
        with pytest.raises(CredentialsRefused):  # before the access code is told
            await drivers.build("bambu", printer.options, tmp_path).picture()
        await printer.stop()

    play(story())
