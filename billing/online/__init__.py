"""What clients ask for and order by themselves: looked at with today's prices, within the limits the shop has set."""

from billing.online.looking import Looked, Part, look, look_at
from billing.online.ordering import ask, order
from billing.online.rules import is_on, why_not

__all__ = ["Looked", "Part", "ask", "is_on", "look", "look_at", "order", "why_not"]
