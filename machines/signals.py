"""What other rooms may hear from the machines. Sent after commit, in the process that wrote it, in its scope.

A receiver that fails is logged and stops nothing; one that must not miss a change looks at `StateChange` itself.
"""

from django.dispatch import Signal

# machine, change: StateChange
state_changed = Signal()
# machine, job: MachineJob, as it stands now. The end of one piece of work may be told twice: unseen, and then known.
work_began = Signal()
work_ended = Signal()
# command: Command, answered ("acknowledged", "refused" with `reason`, "timed_out") or done ("confirmed")
command_answered = Signal()
