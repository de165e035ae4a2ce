"""The occasions of this room: somebody gets in."""

from django.utils.translation import gettext_lazy as _

from accounts import outbox
from accounts.outbox.occasions import STAFF

PLACES = {"role": _("what they may do here"), "password_link": _("their own link to choose a password")}


def _of_member(membership) -> dict[str, str]:
    return {"role": membership.get_role_display()}


PERSON_NEW = outbox.register(
    outbox.Occasion(
        "person_new", _("Somebody is invited to work here"), STAFF, "accounts.Membership", PLACES, _of_member,
        always=True,
    )
)  # fmt: skip
PERSON_KNOWN = outbox.register(
    outbox.Occasion(
        "person_known", _("Somebody with an account is let in here"), STAFF, "accounts.Membership",
        {"role": PLACES["role"]}, _of_member, always=True,
    )
)  # fmt: skip
