"""The page that says no, in the language of whom it says it to."""

from django.utils import translation
from django.views.defaults import permission_denied

from crm.models import Contact


def forbidden(request, exception=None):
    """A client is a member of nothing, so no workspace has set the language: theirs or that of the business they buy
    from goes before what the browser would like."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or getattr(request, "workspace", None) is not None:
        return permission_denied(request, exception)
    language = user.language or _of_their_shop(user) or translation.get_language()
    with translation.override(language):
        request.LANGUAGE_CODE = language
        response = permission_denied(request, exception)
    response.headers["Content-Language"] = language
    return response


def _of_their_shop(user) -> str:
    rows = Contact._base_manager.filter(user=user).order_by("pk")
    return rows.values_list("workspace__language", flat=True).first() or ""
