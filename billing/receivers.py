"""What billing hears from production."""

from decimal import Decimal

from django.dispatch import receiver

from billing import payments
from billing.models import PriceRules, QuoteLine
from production.signals import (
    cutting_price_wanted,
    energy_price_wanted,
    job_made,
    job_part_over,
    labour_price_wanted,
)


@receiver(job_made, dispatch_uid="billing.complete_if_settled")
@receiver(job_part_over, dispatch_uid="billing.complete_whole")
def complete_paid_job(sender, job, **kwargs):
    """Paid before the last piece of it or of its parts was made: the job is completed now."""
    payments.complete_if_settled(job)


@receiver(cutting_price_wanted, dispatch_uid="billing.cutting_price")
def cutting_price(sender, line, **kwargs):
    """What cutting and gas of one piece cost on the newest quote of an enquiry's line."""
    quoted = QuoteLine.objects.filter(enquiry_line=line).select_related("quote").order_by("-quote_id").first()
    if quoted is None or not quoted.breakdown:
        return None
    steps = quoted.breakdown.get("steps", ())
    amount = sum(Decimal(step["each"]) for step in steps if step["key"] in ("cutting", "gas"))
    return (amount, quoted.quote.currency) if amount else None


@receiver(energy_price_wanted, dispatch_uid="billing.energy_price")
def energy_price(sender, workspace, **kwargs):
    """Of the price rules of the business; None while nobody has set it."""
    rules = PriceRules.objects.order_by("pk").first()
    return (rules.energy_kwh or None) if rules is not None else None


@receiver(labour_price_wanted, dispatch_uid="billing.labour_price")
def labour_price(sender, workspace, **kwargs):
    """Of the price rules of the business; None while nobody has set it."""
    rules = PriceRules.objects.order_by("pk").first()
    return (rules.labour_hour or None) if rules is not None else None
