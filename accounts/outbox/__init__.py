"""Messages: written with the business, sent by the worker after it, each key at most once. See docs/adr/0014."""

from accounts.outbox.occasions import Occasion, register
from accounts.outbox.sending import arrived, send_again
from accounts.outbox.writing import of, post, tell, withdraw

__all__ = ["Occasion", "arrived", "of", "post", "register", "send_again", "tell", "withdraw"]
