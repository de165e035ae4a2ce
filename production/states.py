"""The lives of enquiries, drawings, jobs, operations, runs and nests."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from laseros.core.states import Life, Move

ENQUIRY = Life(
    {
        "open": _("open"),
        "basket": _("being put together"),  # by the client, in the portal
        "quoted": _("quoted"),
        "won": _("won"),
        "lost": _("lost"),
    },
    [
        Move("ask", ("basket",), "open"),
        Move("quote", ("open", "quoted", "lost"), "quoted"),
        Move("win", ("open", "quoted", "lost"), "won"),
        Move("lose", ("open", "quoted"), "lost", _("Close as lost")),
        Move("reopen", ("lost",), "open", _("Open again")),
    ],
)

DESIGN_FILE = Life(
    {
        "waiting": _("waiting to be measured"),
        "measuring": _("being measured"),
        "measured": _("measured"),
        "refused": _("could not be read"),
        "kept": _("kept"),  # a kind of file we store and do not measure
    },
    [
        # "measuring" and "measured" too: a task may run twice, and a person may ask again.
        Move("measure", ("waiting", "measuring", "measured", "refused"), "measuring"),
        Move("understand", ("measuring",), "measured"),
        Move("refuse", ("measuring", "waiting"), "refused"),
        Move("wait", ("measured", "refused"), "waiting", _("Measure again")),
    ],
)

PARCEL = Life(
    {
        "waiting": _("waiting to be opened"),
        "opening": _("being opened"),
        "opened": _("opened"),
        "refused": _("could not be opened"),
    },
    [
        Move("open", ("waiting", "opening", "refused"), "opening"),  # a task may run twice
        Move("finish", ("opening",), "opened"),
        Move("refuse", ("opening", "waiting"), "refused"),
    ],
)

JOB = Life(
    {
        "approved": _("approved"),
        "in_progress": _("in progress"),
        "made": _("made"),
        "completed": _("completed"),
        "on_hold": _("on hold"),
        "cancelled": _("cancelled"),
    },
    [
        Move("start", ("approved", "in_progress"), "in_progress"),
        Move("make", ("approved", "in_progress"), "made"),
        Move("unmake", ("made",), "in_progress"),  # a wrong count was taken back
        Move("complete", ("made",), "completed"),
        Move("hold", ("approved", "in_progress"), "on_hold", _("Put on hold")),
        Move("continue_fresh", ("on_hold",), "approved"),
        Move("continue_started", ("on_hold",), "in_progress"),
        Move("cancel", ("approved", "in_progress", "on_hold"), "cancelled", pgettext_lazy("job", "Cancel")),
    ],
)

OPERATION = Life(
    {
        "queued": _("queued"),
        "nested": _("nested"),  # its pieces lie on sheets that stand in the queue in its place
        "in_progress": _("in progress"),
        "completed": _("completed"),
        "cancelled": _("cancelled"),
    },
    [
        Move("start", ("queued",), "in_progress", _("Start")),
        Move("nest", ("queued",), "nested"),
        Move("queue_again", ("in_progress", "nested"), "queued"),
        Move("complete", ("in_progress", "nested"), "completed"),
        Move("take_up", ("queued", "completed"), "in_progress"),  # its last run was taken back
        Move("nest_again", ("queued", "completed"), "nested"),  # that of its sheet was
        Move("cancel", ("queued", "nested"), "cancelled", pgettext_lazy("job", "Cancel")),
    ],
)

RUN = Life(
    {
        "running": _("running"),
        "paused": _("paused"),
        "finished": _("finished"),
        "aborted": _("aborted"),
    },
    [
        Move("pause", ("running",), "paused", _("Pause")),
        Move("resume", ("paused",), "running", _("Resume")),
        Move("finish", ("running", "paused"), "finished", _("Finish")),
        Move("abort", ("running", "paused"), "aborted", _("Abort")),
        Move("undo", ("finished", "aborted"), "running"),
        Move("undo_paused", ("finished", "aborted"), "paused"),
    ],
)

PROOF = Life(
    {
        "waiting": _("waiting for the client"),
        "approved": _("approved"),
        "changes": _("change asked for"),
        "replaced": _("replaced by a newer one"),
        "withdrawn": pgettext_lazy("proof", "taken back"),
    },
    [
        Move("approve", ("waiting",), "approved"),
        Move("ask_change", ("waiting",), "changes"),
        Move("replace", ("waiting", "changes"), "replaced"),
        Move("withdraw", ("waiting",), "withdrawn", pgettext_lazy("proof", "Take back")),
    ],
)

NEST = Life(
    {
        "draft": _("draft"),
        "waiting": _("waiting to be searched"),
        "searching": _("being searched"),
        "ready": _("ready"),
        "approved": _("approved"),
        "done": _("done"),
        "cancelled": _("cancelled"),
        "failed": _("failed"),
    },
    [
        # "searching" too: a worker that died left it so, and whoever gets the task next goes on.
        Move("search", ("waiting", "searching"), "searching"),
        Move("settle", ("waiting", "searching"), "ready"),
        Move("fail", ("waiting", "searching"), "failed"),
        Move("ask", ("draft", "ready", "failed"), "waiting", _("Search")),
        Move("approve", ("ready",), "approved", _("Approve")),
        Move("take_back", ("approved",), "ready", _("Take out of the queue")),
        Move("finish", ("approved",), "done"),
        Move("take_up", ("done",), "approved"),  # the run of its last sheet was taken back
        Move("cancel", ("draft", "waiting", "searching", "ready", "failed"), "cancelled", _("Discard")),
    ],
)

OPEN_NEST = ("draft", "ready", "failed")  # its parts may be changed

NEST_SHEET = Life(
    {"planned": _("planned"), "queued": _("queued"), "cut": _("cut")},
    [
        Move("queue", ("planned",), "queued"),
        Move("take_back", ("queued",), "planned"),
        Move("finish", ("queued",), "cut"),
        Move("uncut", ("cut",), "queued"),
    ],
)

MILESTONE = Life(
    {"open": pgettext_lazy("milestone", "open"), "reached": _("reached"), "skipped": _("skipped")},
    [
        Move("reach", ("open",), "reached"),
        Move("skip", ("open",), "skipped", _("Skip")),
        Move("undo", ("reached", "skipped"), "open"),
    ],
)

CHECK_RESULT = Life(
    {
        "passed": _("good"),
        "failed": _("not good"),
        "accepted": _("used as it is"),
        "withdrawn": pgettext_lazy("check", "taken back"),
    },
    [
        Move("accept", ("failed",), "accepted"),
        Move("withdraw", ("passed", "failed"), "withdrawn"),
    ],
)

NON_CONFORMANCE = Life(
    {
        "open": pgettext_lazy("non-conformance", "to be decided"),
        "rework": _("made again"),
        "scrapped": _("scrapped"),
        "accepted": _("used as it is"),
        "same": _("same pieces as another"),
        "withdrawn": pgettext_lazy("non-conformance", "taken back"),
    },
    [
        Move("rework", ("open",), "rework", _("Make again")),
        Move("scrap", ("open",), "scrapped", _("Scrap")),
        Move("accept", ("open",), "accepted", _("Use as it is")),
        Move("same", ("open",), "same", _("Same pieces as another")),
        Move("withdraw", ("open",), "withdrawn"),
    ],
)

LABOUR = Life(
    {"running": _("running"), "paused": _("paused"), "stopped": _("stopped")},
    [
        Move("pause", ("running",), "paused", _("Pause")),
        Move("resume", ("paused",), "running", _("Resume")),
        Move("stop", ("running", "paused"), "stopped", _("Stop")),
        Move("correct", ("stopped",), "stopped"),
    ],
)

TAKES_PARTS = ("basket", "open", "quoted")  # an enquiry that may still be added to
ACTIVE_RUN = ("running", "paused")
OPEN_OPERATION = ("queued", "nested", "in_progress")
IN_QUEUE = ("queued", "in_progress")  # on a machine by itself; what is nested is there as a sheet
OPEN_JOB = ("approved", "in_progress", "on_hold")
OVER_JOB = ("completed", "cancelled")  # nothing more is to come of it
