"""The back office's pages about the business itself: settings, people, the log, background work, messages."""

from accounts.admin import installation, log, messages, people, work, workspace

__all__ = ["installation", "log", "messages", "people", "work", "workspace"]
