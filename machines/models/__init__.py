from machines.models.command import Command
from machines.models.file import PrintFile
from machines.models.job import MachineJob, Sample
from machines.models.machine import Machine, MachineStatus
from machines.models.state_change import StateChange
from machines.models.tablet import Tablet
from machines.models.watcher import WatcherSeat

__all__ = [
    "Command",
    "Machine",
    "MachineJob",
    "MachineStatus",
    "PrintFile",
    "Sample",
    "StateChange",
    "Tablet",
    "WatcherSeat",
]
