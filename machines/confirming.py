"""A command the machine has taken is done when the machine is seen doing it."""

from django.db import transaction

from laseros.core.drivers import State
from machines.models import Command, Machine
from machines.models.command import LIFE
from machines.signals import command_answered

AT_WORK = (State.PREPARING, State.RUNNING, State.PAUSED)
SHOWN_BY = {
    "start": (State.PREPARING, State.RUNNING),
    "print": (State.PREPARING, State.RUNNING),
    "resume": (State.PREPARING, State.RUNNING),
    "pause": (State.PAUSED,),
    "stop": (State.IDLE, State.FINISHED, State.ERROR),
    "forget": (State.IDLE,),
}


def confirm(machine: Machine, state: State) -> None:
    """`machine` is in `state` now: commands that wanted just that are done."""
    names = [name for name, states in SHOWN_BY.items() if state in states]
    for command in Command._base_manager.filter(machine=machine, state="acknowledged", name__in=names):
        if LIFE.try_move(command, "confirm"):
            transaction.on_commit(lambda done=command: command_answered.send_robust(sender=Command, command=done))
