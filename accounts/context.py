"""What every template knows: the open workspace, where else one can go, and whether money may be shown."""

from django.utils.functional import SimpleLazyObject

from accounts import workspaces
from accounts.roles import SEE_MONEY


def workspace(request):
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"workspace": getattr(request, "workspace", None), "workspaces": [], "sees_money": False}
    return {
        "workspace": request.workspace,
        "workspaces": SimpleLazyObject(lambda: workspaces.of(user)),
        "sees_money": SimpleLazyObject(lambda: user.has_perm(SEE_MONEY)),
    }
