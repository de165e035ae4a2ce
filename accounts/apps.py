from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People and settings")

    def ready(self):
        from accounts import occasions  # noqa: F401 they register themselves
        from accounts.roles import synchronise

        post_migrate.connect(synchronise, dispatch_uid="accounts.roles.synchronise")
