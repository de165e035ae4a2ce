from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CrmConfig(AppConfig):
    name = "crm"
    verbose_name = _("Clients")

    def ready(self):
        from crm import due, occasions, timeline  # noqa: F401 they register themselves
        from crm.imports import large  # noqa: F401
