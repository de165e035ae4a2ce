from django.db import models

from accounts.models.workspace import WorkspaceModel


class Sequence(WorkspaceModel):
    """The last number drawn under one prefix. Drawn inside the posting transaction, so a rollback leaves no gap."""

    prefix = models.CharField(max_length=80)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "prefix"], name="sequence_once")]

    def __str__(self):
        return f"{self.prefix} {self.last}"
