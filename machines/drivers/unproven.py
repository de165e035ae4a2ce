"""What is said wherever a connection is known from public descriptions only."""

from laseros.core.drivers import gettext_noop

NOTE = gettext_noop("Known from public descriptions only: nobody here has seen it at work. Nothing is told to a laser.")
