"""What a run asks of its machine, and what the board shows of a machine that cannot be asked."""

from laseros.core.drivers import Reading, State
from laseros.core.errors import Refused
from machines import commands, drivers, telemetry
from production import work_pictures
from production.models import Run


def tell(run: Run, name: str, key: str, by) -> bool:
    """Ask the machine to follow, if its kind can be told. False when it should have been and cannot be reached.

    Work goes on without the network: the operator stands at the machine, and the run is the operator's word.
    """
    if not commands.can(run.machine, name):
        return True
    try:
        commands.request(run.machine, name, order(run) if name == "start" else {}, key=key, by=by)
    except Refused as refusal:
        if refusal.code not in ("offline", "busy"):
            raise
        return False
    return True


def order(run: Run) -> dict:
    """What `start` takes with it."""
    return {
        "job_key": run.job_key,
        "job_name": _name(run),
        "seconds": run.estimated_seconds,
        "quantity": run.quantity,
    }


def _name(run: Run) -> str:
    return f"{run.operation.reference} {run.operation.what}"[:200]


def say(run: Run, state: State) -> None:
    """A machine without a connection is what the operator says it is."""
    if drivers.tells_state(run.machine.driver):
        return
    if state == State.IDLE:
        telemetry.ingest(run.machine, Reading(state))
    else:
        telemetry.ingest(run.machine, Reading(state, job_key=run.job_key, job_name=_name(run)))
        telemetry.pictured(run.machine, run.job_key, work_pictures.address(run.operation))


def quieten(run: Run, by) -> None:
    """After the run: a machine still at it is told to stop, and one that has not been told to begin is not told any
    more. One without a connection is idle again."""
    commands.withdraw(run.machine, run.job_key)
    status = telemetry.status_of(run.machine)
    if status.job_key == run.job_key and status.current in (State.PREPARING, State.RUNNING, State.PAUSED):
        tell(run, "stop", f"{run.job_key}:stop", by)
    say(run, State.IDLE)
