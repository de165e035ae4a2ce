from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People and settings")

    def ready(self):
        from accounts import occasions  # noqa: F401 they register themselves
        from accounts.roles import synchronise

        # Heard for each app in turn: once is enough, when the last one's permissions are there.
        last = [config for config in apps.get_app_configs() if config.models_module][-1]
        post_migrate.connect(synchronise, dispatch_uid="accounts.roles.synchronise", sender=last)
