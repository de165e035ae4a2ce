"""The content security policy of each room: the back office's theme needs Alpine, nothing else may evaluate."""

from csp.middleware import CSPMiddleware
from django.conf import settings

ADMIN = "/admin/"


class RoomPolicy(CSPMiddleware):
    def get_policy_parts(self, request, response, report_only=False):
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only and parts.config is None and request.path.startswith(ADMIN):
            parts.config = settings.ADMIN_CSP
        return parts
