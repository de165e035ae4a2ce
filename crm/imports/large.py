"""A large list is stored by the worker: the file waits in the files' folder, and is empty when it was stored.

One that the worker never got to the end of (it failed again and again, or the power went) is kept a week for whoever
tries it again; it goes with the next list, and so does what is empty.
"""

import uuid
from contextlib import suppress
from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_noop as _

from accounts import work
from accounts.imports import plans
from accounts.models import User, Workspace
from crm.imports import clients
from laseros.core.errors import Refused

FOLDER = "imports"
KEPT = timedelta(days=7)


def store_later(workspace: Workspace, content: bytes, said: dict[int, str], by: User) -> None:
    _sweep()
    name = default_storage.save(f"{FOLDER}/{uuid.uuid4().hex}.bin", ContentFile(content))
    places = [[place, column] for place, column in said.items()]
    work.queue(store_clients, workspace, workspace.pk, name, places, by.pk, subject=clients.TITLE, by=by)


@work.task(_("store a list of clients"))
def store_clients(workspace_pk: int, name: str, places: list, by_pk: int) -> None:
    """All rows or none. Run a second time it finds an empty file, or a list whose rows are all as they were; without
    its file it is refused ("gone")."""
    if not default_storage.exists(name):
        raise Refused(_t("The file with this list is gone: nothing was stored. Import the file you have again."),
                      code="gone")  # fmt: skip
    workspace = Workspace.objects.get(pk=workspace_pk)
    by = User.objects.filter(pk=by_pk).first()
    try:
        with default_storage.open(name) as file:
            content = file.read()
        if not content:
            return
        plans.store(workspace, clients, plans.read(content), by, {int(place): column for place, column in places})
    except Refused:
        default_storage.delete(name)  # somebody looks at it anew, with the file they have
        raise
    default_storage.open(name, "wb").close()  # nothing is left in it, and still it says that it was stored


def _sweep() -> None:
    """Take away what was left behind."""
    with suppress(FileNotFoundError):
        for name in default_storage.listdir(FOLDER)[1]:
            path = f"{FOLDER}/{name}"
            if default_storage.get_modified_time(path) < timezone.now() - KEPT:
                default_storage.delete(path)
