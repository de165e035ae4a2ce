"""What is asked and said wherever a connection is known from public descriptions only: it is off until somebody says
that he knows."""

from laseros.core.drivers import Setting, gettext_noop

NOTE = gettext_noop("Known from public descriptions only: nobody here has seen it at work. Nothing is told to a laser.")
SWITCH = Setting("switched_on", gettext_noop("use it"), "choice", "", (
    ("", gettext_noop("no")),
    ("yes", gettext_noop("yes, I know that it is known from public descriptions only")),
))  # fmt: skip
SWITCH_ON = "Switch it on when you know that it is known from public descriptions only."
BY_HAND = "Nothing is told to the laser from here; its operator starts, pauses and finishes."


def is_on(options: dict) -> bool:
    return options.get("switched_on") == "yes"
