"""Drivers by name. Each is a module of its own, imported when a machine of that kind is first used."""

from importlib import import_module
from pathlib import Path

from laseros.core.drivers import Driver

DRIVERS = {
    "manual": "machines.drivers.manual:Manual",
    "bambu": "machines.drivers.bambu:Bambu",
    "prusalink": "machines.drivers.prusalink:PrusaLink",
    "octoprint": "machines.drivers.octoprint:OctoPrint",
    "moonraker": "machines.drivers.moonraker:Moonraker",
    "cypcut": "machines.drivers.cypcut:CypCut",
    "mtconnect": "machines.drivers.mtconnect:MTConnect",
    "opcua": "machines.drivers.opcua:OpcUa",
    "raybox": "machines.drivers.raybox:RayBox",
    "fscut": "machines.drivers.fscut:FsCut",
    "simulator": "machines.drivers.simulator:Simulator",
}

# What stands beside a machine and says nothing of its state.
BESIDE = {"energy": "machines.drivers.energy:Energy"}

# Nothing to connect to. A driver this installation does not have is watched: it is offline, and the board says why.
UNWATCHED = {"manual"}
# Nothing of these says what the machine does now: the operator's terminal is the truth.
UNTOLD = {"manual", "cypcut"}


class UnknownDriver(Exception):
    """A machine names a connection this installation does not have."""


def driver_class(name: str) -> type[Driver]:
    try:
        module, _, cls = (DRIVERS | BESIDE)[name].partition(":")
    except KeyError:
        raise UnknownDriver(name) from None
    return getattr(import_module(module), cls)


def build(name: str, options: dict, home: Path) -> Driver:
    """A driver for one machine, not yet connected."""
    return driver_class(name)(options, home)


def capabilities(name: str) -> frozenset[str]:
    """What machines of this driver can be told, known without a connection; nothing for an unknown driver."""
    try:
        return driver_class(name).capabilities
    except UnknownDriver:
        return frozenset()


def connects(name: str) -> bool:
    """Whether there is anything to watch."""
    return name not in UNWATCHED


def tells_state(name: str) -> bool:
    """Whether the machine itself says what it is doing."""
    return name not in UNTOLD
