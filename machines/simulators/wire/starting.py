"""Simulated machines by the name of the driver that talks to them."""

from importlib import import_module

SIMULATORS = {
    "bambu": "machines.simulators.wire.bambu:BambuPrinter",
    "prusalink": "machines.simulators.wire.prusalink:PrusaLinkPrinter",
    "octoprint": "machines.simulators.wire.octoprint:OctoPrintServer",
    "cypcut": "machines.simulators.wire.cypcut:CypCutReports",
    "energy": "machines.simulators.wire.energy:EnergyMeter",
    "mtconnect": "machines.simulators.wire.mtconnect:MTConnectAgent",
    "opcua": "machines.simulators.wire.opcua:OpcUaServer",
    "raybox": "machines.simulators.wire.raybox:RayBoxGateway",
    "fscut": "machines.simulators.wire.fscut:FsCutCloud",
    "moonraker": "machines.simulators.wire.moonraker:MoonrakerServer",
}


def simulator(driver: str):
    """A simulated machine, not yet started. Raises `KeyError` for a driver without one."""
    module, _, name = SIMULATORS[driver].partition(":")
    return getattr(import_module(module), name)()
