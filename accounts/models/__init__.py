from accounts.models.activity import Activity
from accounts.models.backup import Backup
from accounts.models.feed import CalendarFeed
from accounts.models.floor_key import Badge, Pin
from accounts.models.mail import OutgoingMail
from accounts.models.membership import Membership
from accounts.models.messages import MessageHook, MessagePreferences, MessageWording
from accounts.models.saved_view import SavedView
from accounts.models.sequence import Sequence
from accounts.models.user import User
from accounts.models.work import BackgroundTask
from accounts.models.workspace import Workspace, WorkspaceModel

__all__ = [
    "Activity",
    "BackgroundTask",
    "Backup",
    "Badge",
    "CalendarFeed",
    "Membership",
    "MessageHook",
    "MessagePreferences",
    "MessageWording",
    "OutgoingMail",
    "Pin",
    "SavedView",
    "Sequence",
    "User",
    "Workspace",
    "WorkspaceModel",
]
