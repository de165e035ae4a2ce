from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "billing"
    verbose_name = _("Quotes and invoices")

    def ready(self):
        from billing import (  # noqa: F401
            due,
            erasing,
            guards,
            merging,
            occasions,
            printing,
            receivers,
            tasks,
            timeline,
            trail,
        )
        from billing.accounting import archive  # noqa: F401

        pre_migrate.connect(guards.take_up, dispatch_uid="billing.guards.take_up", sender=self)
        post_migrate.connect(guards.lay, dispatch_uid="billing.guards.lay", sender=self)
