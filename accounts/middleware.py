"""The edge where a workspace is opened: after this, every query of the request sees one business and no other."""

import zoneinfo

from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django_scopes import scope

from accounts import workspaces


class WorkspaceMiddleware:
    """Sets `request.workspace` and `request.membership` and opens the scope for members.

    Whoever is a member of nothing (a client, a visitor) gets no scope here: the portal opens its own after checking
    the link or the contact, and everything else raises.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.workspace = request.membership = None
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        request.workspace, request.membership = workspaces.open_for(user, request.session.get(workspaces.SESSION_KEY))
        if request.workspace is None:
            return self.get_response(request)
        language = user.language or request.workspace.language
        with (
            scope(workspace=request.workspace),
            translation.override(language),
            timezone.override(zoneinfo.ZoneInfo(request.workspace.timezone)),
        ):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Cookie"])
        return response
