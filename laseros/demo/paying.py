"""Clients of the demonstration pay online, with cards that are none."""

from billing import cards
from billing.models import ProviderAccount


def set_up(business) -> None:
    cards.new_account(ProviderAccount(workspace=business.workspace, kind="simulated", is_on=True)).save()
