from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MachinesConfig(AppConfig):
    name = "machines"
    verbose_name = _("Machines")

    def ready(self):
        from machines import occasions, telling  # noqa: F401 they register themselves
        from machines.files import finding, moving  # noqa: F401 their tasks register themselves
