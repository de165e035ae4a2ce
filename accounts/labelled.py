"""Records that can be labelled: a button on the page of one, an action on a list of many."""

from urllib.parse import urlencode

from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from accounts.back_office import Related


def labels_url(kind: str, *pks: int) -> str:
    """Where labels of these records are printed."""
    return f"{reverse('admin:labels')}?{urlencode({'kind': kind, 'pk': ','.join(map(str, pks))})}"


class Labelled:
    """Mixed into a RoomAdmin: `label_kind` is the word the label page knows the records by."""

    label_kind = ""
    actions = ("print_labels",)

    @action(description=_("Print labels"), icon="qr_code_2", permissions=["view"])
    def print_labels(self, request, queryset):
        return HttpResponseRedirect(labels_url(self.label_kind, *queryset.values_list("pk", flat=True)))

    def deeds(self, request, obj):
        found = super().deeds(request, obj)
        if obj is not None:
            label = Related(str(_("Print its label")), labels_url(self.label_kind, obj.pk), "qr_code_2")
            found["related"] = [label, *found["related"]]
        return found
