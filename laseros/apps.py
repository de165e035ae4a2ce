from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate


class BackOfficeConfig(AdminConfig):
    default_site = "laseros.admin_site.BackOffice"


class LaserOSConfig(AppConfig):
    name = "laseros"
    label = "laseros"
    verbose_name = "Laser OS"

    def ready(self):
        from django.apps import apps

        from laseros import timetable

        queue = apps.get_app_config("django_q")  # its tables are there then
        post_migrate.connect(timetable.write, sender=queue, dispatch_uid="laseros.timetable")
