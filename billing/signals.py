"""What other rooms may hear from billing. Sent after commit."""

from django.dispatch import Signal

# delivery: Delivery
delivery_shipped = Signal()
delivery_arrived = Signal()
