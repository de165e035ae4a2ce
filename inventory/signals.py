"""What other rooms may hear from the stock room. Sent after commit."""

from django.dispatch import Signal

# reservations: [pk]. These are promised more than before: goods came in, or somebody gave theirs back.
promises_grew = Signal()
