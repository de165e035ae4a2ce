from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProductionConfig(AppConfig):
    name = "production"
    verbose_name = _("Production")

    def ready(self):
        from production import drawings, due, merging, occasions, receivers, timeline, trail  # noqa: F401 they register
