from machines.models.command import Command
from machines.models.file import PrintFile
from machines.models.job import MachineJob, Sample
from machines.models.machine import Machine, MachineStatus
from machines.models.maintenance import MachineUse, MaintenanceDone, MaintenancePlan
from machines.models.meter import Meter
from machines.models.state_change import StateChange
from machines.models.tablet import Tablet
from machines.models.watcher import WatcherSeat

__all__ = [
    "Command",
    "Machine",
    "MachineJob",
    "MachineStatus",
    "MachineUse",
    "MaintenanceDone",
    "MaintenancePlan",
    "Meter",
    "PrintFile",
    "Sample",
    "StateChange",
    "Tablet",
    "WatcherSeat",
]
