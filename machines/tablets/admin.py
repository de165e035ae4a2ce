"""Shop tablets in the back office: where they stand, who was there last, registering, revoking, unlocking."""

import io

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.back_office import RoomAdmin, Verb
from machines.models import Tablet
from machines.tablets import registering

CHANGE = "machines.change_tablet"
STATES = {"registered": "success", "locked": "danger", "revoked": "", "waiting": "info"}


def _invite(request, tablet) -> str:
    registering.invite(tablet, request.user)
    return reverse("admin:machines_tablet_address", args=[tablet.pk])


@admin.register(Tablet)
class TabletAdmin(RoomAdmin):
    list_display = ("name", "state_shown", "place", "machines_shown", "seen_at", "person")
    list_select_related = ("person",)
    list_filter = ("machines",)
    search_fields = ("name", "place", "machines__name")
    search_help_text = _("Name, place or machine")
    fields = (("name", "place"), "machines", "idle_minutes", ("state_word", "locked_until"),
              ("registered_at", "device"), ("seen_at", "person"))  # fmt: skip
    add_fieldsets = ((None, {"fields": (("name", "place"), "machines", "idle_minutes")}),)
    readonly_fields = ("state_word", "locked_until", "registered_at", "device", "seen_at", "person")
    autocomplete_fields = ("machines",)
    export_fields = ("name", "place", "idle_minutes", "registered_at", "seen_at", "person", "revoked_at")
    empty_text = _("A tablet at a machine, taken over by PIN or badge: add it here, then register the device.")
    empty_icon = "tablet_mac"
    verbs = (
        Verb("register", _("Register a device"), _invite, CHANGE, lambda tablet: not tablet.is_registered,
             primary=True, icon="qr_code_2",
             confirm=_("You get an address that is good once, for a quarter of an hour. Open it on the device.")),
        Verb("again", _("Register another device"), _invite, CHANGE, lambda tablet: tablet.is_registered,
             icon="qr_code_2", confirm=_("The device that is registered now is none any more when you do.")),
        Verb("unlock", _("Unlock"), lambda request, tablet: registering.unlock(tablet, request.user), CHANGE,
             lambda tablet: tablet.failed > 0, primary=True, icon="lock_open", done=_("Unlocked.")),
        Verb("revoke", _("Revoke"), lambda request, tablet: registering.revoke(tablet, request.user), CHANGE,
             lambda tablet: tablet.revoked_at is None and bool(tablet.digest or tablet.invitation), dangerous=True,
             icon="block", done=_("This device is no shop tablet any more."),
             confirm=_("Whoever works at it is out with the next thing they press.")),
    )  # fmt: skip

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("machines")

    def get_urls(self):
        view = self.admin_site.admin_view(self.address_view)
        return [path("<int:pk>/address/", view, name="machines_tablet_address"), *super().get_urls()]

    def address_view(self, request, pk):
        """The address that is open now, to be typed or read by the device's camera."""
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied
        tablet = self.get_object(request, str(pk))
        if tablet is None:
            raise Http404
        key = registering.key_of(tablet)
        address = f"{settings.BASE_URL}{reverse('floor:tablet_register', args=[key])}" if key else ""
        context = {
            **self.admin_site.each_context(request),
            "title": _("Register a device"),
            "subtitle": tablet.name,
            "opts": self.opts,
            "tablet": tablet,
            "address": address,
            "code": _code(address) if address else "",
            "back": reverse("admin:machines_tablet_change", args=[tablet.pk]),
        }
        response = TemplateResponse(request, "admin/machines/tablet_address.html", context)
        response.headers["Cache-Control"] = "no-store"
        return response

    @display(description=_("state"), label=STATES)
    def state_shown(self, tablet):
        return _state(tablet)

    @display(description=_("state"))
    def state_word(self, tablet):
        return _state(tablet)[1]

    @display(description=_("machines"))
    def machines_shown(self, tablet):
        return ", ".join(machine.name for machine in tablet.machines.all()) or "–"


def _state(tablet: Tablet) -> tuple[str, object]:
    if tablet.revoked_at is not None:
        return "revoked", _("revoked")
    if tablet.locked_until is not None:
        return "locked", _("locked after %(count)s wrong ones") % {"count": tablet.failed}
    return ("registered", _("registered")) if tablet.digest else ("waiting", _("no device yet"))


def _code(text: str) -> str:
    import qrcode
    from qrcode.image.svg import SvgPathImage

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
    code.add_data(text)
    out = io.BytesIO()
    code.make_image(image_factory=SvgPathImage).save(out)
    return mark_safe(out.getvalue().decode().split("?>", 1)[-1].strip())  # noqa: S308 drawn here from our own address
