from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "billing"
    verbose_name = _("Quotes and invoices")

    def ready(self):
        from billing import printing, receivers, tasks, trail  # noqa: F401
