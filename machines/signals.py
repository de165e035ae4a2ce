"""What other rooms may hear from the machines. Sent after commit, in the process that wrote it, in its scope.

A receiver that fails is logged and stops nothing; one that must not miss a change looks at `StateChange` itself.
"""

from django.dispatch import Signal

# machine, change: StateChange
state_changed = Signal()
# machine, job: MachineJob, as it stands now. The end of one piece of work may be told twice: unseen, and then known.
work_began = Signal()
work_ended = Signal()
# Answers checksums of printer files that work still to be done is made from, in the open scope. Asked before files are
# deleted, and not robust: who cannot answer stops the clean-up.
files_needed = Signal()
# command: Command, answered ("acknowledged", "refused" with `reason`, "timed_out") or done ("confirmed")
command_answered = Signal()
