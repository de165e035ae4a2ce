from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel
from laseros.core.states import Life, Move
from machines.models.machine import Machine

FILE = Life(
    {
        "available": _("on the machine"),
        "fetching": _("being fetched"),
        "downloaded": _("on both"),
        "local": _("only here"),
        "sending": _("being sent"),
    },
    [
        Move("fetch", ("available",), "fetching", _("Fetch")),
        Move("arrive", ("fetching", "sending"), "downloaded"),
        Move("fail_fetch", ("fetching",), "available"),
        Move("fail_send", ("sending",), "local"),
        Move("send", ("local",), "sending", _("Send")),
        Move("vanish", ("downloaded",), "local"),  # the machine has it no more
        Move("appear", ("local",), "downloaded"),
        Move("forget", ("downloaded",), "available"),
    ],
)


def stored_name(file, filename: str) -> str:
    """By its content, under the workspace: no name a machine or a person chose ever names a path."""
    return f"{file.workspace_id}/prints/{file.sha256[:2]}/{file.sha256}.bin"


class PrintFile(WorkspaceModel):
    """A file to be printed or cut: on a machine, here, or both. One row for each place it has on a machine."""

    machine = models.ForeignKey(
        Machine, models.CASCADE, null=True, blank=True, related_name="files", verbose_name=_("machine")
    )
    path = models.CharField(_("place on the machine"), max_length=300, blank=True)
    name = models.CharField(_("name"), max_length=200)
    size = models.PositiveBigIntegerField(_("file size"), null=True)
    modified_at = models.DateTimeField(_("written"), null=True)
    seen_at = models.DateTimeField(_("last seen there"), null=True)
    state = models.CharField(_("state"), max_length=12, choices=FILE.choices, default=FILE.first, editable=False)
    done_bytes = models.PositiveBigIntegerField(default=0)
    reason = models.CharField(_("why not"), max_length=300, blank=True)
    content = models.FileField(upload_to=stored_name, max_length=200, blank=True)
    sha256 = models.CharField(_("checksum"), max_length=64, blank=True)
    # What its slicer wrote, as `machines.gcode.Sliced.as_dict` has it; empty where it was not read.
    facts = models.JSONField(default=dict)
    picture = models.FileField(upload_to="prints/", blank=True, max_length=200)  # PNG, made anew by us
    created_at = models.DateTimeField(_("found"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("printer file")
        verbose_name_plural = _("printer files")
        ordering = ["-modified_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["machine", "path"], condition=~Q(path=""), name="print_file_one_at_its_place"
            ),
            models.UniqueConstraint(
                fields=["workspace", "sha256"], condition=Q(machine=None), name="print_file_once_without_machine"
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "-modified_at"], name="print_file_by_workspace"),
            models.Index(fields=["workspace", "sha256"], name="print_file_by_hash"),
            # Whole, though most have a place: of what a machine says it is at the board asks for each card.
            models.Index(fields=["machine", "path"], name="print_file_by_place"),
        ]

    def __str__(self):
        return self.name

    @property
    def percent(self) -> int | None:
        """How much of it has been moved; None while nobody knows how much it is."""
        return min(100, round(100 * self.done_bytes / self.size)) if self.size else None
