"""Duplicates of clients in the back office: who may be who, side by side, and the choice of what stays."""

from decimal import Decimal

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _t

from accounts.roles import SEE_MONEY
from crm import apart, duplicates, merging
from crm.models import Client, NotDuplicate
from laseros.core.errors import Refused
from laseros.core.templatetags.laseros import number

SHOWN = 100
FOUND = 20
PERMISSION = "crm.merge_client"


class MergeDoor:
    """`duplicates/` beside the list of clients, `<winner>/merge/<loser>/` under one."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("duplicates/", view(self.duplicates_view), name="crm_client_duplicates"),
            path("duplicates/apart/", view(self.apart_view), name="crm_client_apart"),
            path("<int:pk>/merge/<int:other>/", view(self.merge_view), name="crm_client_merge"),
            *super().get_urls(),
        ]

    def duplicates_view(self, request):
        """?of=7 looks for one client's, with ?q= among all others."""
        _check(request)
        of, pk = None, request.GET.get("of", "")
        if pk:
            of = get_object_or_404(Client.objects, pk=pk if pk.isdecimal() and len(pk) < 16 else 0, archived_at=None)
        words = request.GET.get("q", "").strip()[:100]
        pairs = duplicates.pairs(of)
        context = {
            **self.admin_site.each_context(request),
            "title": _t("Duplicates"),
            "subtitle": str(of) if of else None,
            "opts": self.opts,
            "of": of,
            "pairs": pairs[:SHOWN],
            "more": max(len(pairs) - SHOWN, 0),
            "apart": _apart(of)[:SHOWN],
            "words": words,
            "found": self._found(request, of, words) if of and words else [],
            "back": reverse("admin:crm_client_change", args=[of.pk]) if of else reverse("admin:crm_client_changelist"),
        }
        return TemplateResponse(request, "admin/crm/duplicates.html", context)

    def apart_view(self, request):
        """POST says that `first` and `second` are two clients; with `again` it takes that back."""
        _check(request)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        one, other = (get_object_or_404(Client.objects, pk=_key(request.POST, name)) for name in ("first", "second"))
        try:
            if "again" in request.POST:
                row = NotDuplicate.objects.filter(first=one, second=other).select_related("first", "second").first()
                if row is not None:
                    apart.forget(row, request.user)
                messages.success(request, _t("They are listed again."))
            else:
                apart.keep_apart(one, other, request.user)
                words = _t("%(first)s and %(second)s are two clients: nobody is asked about them again.")
                messages.success(request, words % {"first": one, "second": other})
        except Refused as refusal:
            messages.error(request, refusal.reason)
        of = _key(request.POST, "of")
        page = reverse("admin:crm_client_duplicates")
        return HttpResponseRedirect(f"{page}?of={of}" if of else page)

    def _found(self, request, of: Client, words: str):
        rows, may_repeat = self.get_search_results(request, Client.objects.filter(archived_at=None), words)
        rows = rows.exclude(pk=of.pk).order_by("name", "pk")
        return (rows.distinct() if may_repeat else rows)[:FOUND]

    def merge_view(self, request, pk, other):
        """GET shows both side by side, POST merges `other` into `pk` with the values that were chosen."""
        _check(request)
        winner, loser = get_object_or_404(Client.objects, pk=pk), get_object_or_404(Client.objects, pk=other)
        said = request.POST if request.method == "POST" else None
        money = request.user.has_perm(SEE_MONEY)
        form = MergeForm(said, winner=winner, loser=loser, money=money)
        status = 200
        if form.is_valid():
            try:
                merging.merge(winner, loser, request.user, take=form.cleaned_data, sees_money=money)
            except Refused as refusal:
                form.add_error(None, str(refusal.reason))
                status = 409
            else:
                words = _t("%(loser)s is part of %(winner)s now.") % {"loser": loser, "winner": winner}
                messages.success(request, words)
                return HttpResponseRedirect(reverse("admin:crm_client_change", args=[winner.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": _t("Merge clients"),
            "opts": self.opts,
            "winner": winner,
            "loser": loser,
            "form": form,
            "rows": form.rows(),
            "counts": merging.counted(loser),
            "refused": "" if money or not merging.terms_differ(winner, loser) else merging.why_money(),
            "back": f"{reverse('admin:crm_client_duplicates')}?of={winner.pk}",
        }
        return TemplateResponse(request, "admin/crm/merge.html", context, status=status)


class MergeForm(forms.Form):
    """A choice for each value in which the two differ; what only one of them has is taken."""

    def __init__(self, *args, winner: Client, loser: Client, money: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.sides = {merging.OURS: winner, merging.THEIRS: loser}
        self.names = [name for name in merging.FIELDS if money or name not in merging.MONEY]
        for name in self.names:
            ours, theirs = getattr(winner, name), getattr(loser, name)
            if ours == theirs or theirs in ("", None):
                continue
            choices = [(side, side) for side in self.sides]
            if name in merging.JOINED and ours:
                choices.append((merging.BOTH, _t("both")))
            usual = merging.THEIRS if ours in ("", None) else choices[-1][0] if len(choices) > 2 else merging.OURS
            self.fields[name] = forms.ChoiceField(choices=choices, initial=usual, required=False)

    def rows(self) -> list[dict]:
        """What the table shows: label, both values, and which is chosen where there is something to choose."""
        found = []
        for name in self.names:
            values = {side: _shown(client, name) for side, client in self.sides.items()}
            if not any(values.values()):
                continue
            field = self[name] if name in self.fields else None
            label = capfirst(str(Client._meta.get_field(name).verbose_name))
            found.append({"name": name, "label": label, "values": values, "chosen": field and field.value(),
                          "both": field is not None and len(field.field.choices) > 2})  # fmt: skip
        return found


def _apart(of: Client | None):
    rows = NotDuplicate.objects.select_related("first", "second", "by")
    return rows.filter(Q(first=of) | Q(second=of)) if of else rows


def _key(posted, name: str) -> int:
    text = posted.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 16 else 0


def _shown(client: Client, name: str) -> str:
    shown = getattr(client, f"get_{name}_display", None)
    value = shown() if shown is not None else getattr(client, name)
    if isinstance(value, Decimal):
        return number(value, most=2)
    return "" if value is None else str(value)


def _check(request) -> None:
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
