"""What other rooms may hear from production. Sent after commit."""

from django.dispatch import Signal

# run: Run
run_started = Signal()
run_finished = Signal()
# job: Job
job_made = Signal()
job_changed = Signal()
# job: Job, which waits for one of its parts less
job_part_over = Signal()
# job: Job, milestone: Milestone
milestone_reached = Signal()
# line: EnquiryLine. Asks what the cutting of one piece costs: (amount, currency), or None where there is no price yet.
cutting_price_wanted = Signal()
# workspace. Asks what a kilowatt hour costs there, without tax; None where nobody has said.
energy_price_wanted = Signal()
# workspace. Asks what an hour of a person's work costs there, without tax; None where nobody has said.
labour_price_wanted = Signal()
