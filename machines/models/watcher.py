from django.db import models
from django.utils.translation import gettext_lazy as _


class WatcherSeat(models.Model):
    """A watcher that is at work now, whatever machines it holds: the machines are shared among those who sit here.

    Of the installation, like the watchers themselves: one looks after machines of every business.
    """

    owner = models.CharField(max_length=80, primary_key=True)
    most = models.PositiveIntegerField(null=True)  # machines it takes at most; None: any number
    until = models.DateTimeField()

    class Meta:
        verbose_name = _("watcher")
        verbose_name_plural = _("watchers")

    def __str__(self):
        return self.owner
