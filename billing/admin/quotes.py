"""Quotes in the back office: every part of a price in sight, sent with one press, and what the client did."""

from django import forms
from django.contrib import admin, messages
from django.contrib.contenttypes.models import ContentType
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts import activity
from accounts.back_office import Verb, to_list, to_messages, to_record
from accounts.day_filter import BetweenDays
from accounts.roles import SEE_MONEY
from billing import credit_limit, discounts, order_papers, quotes, staleness
from billing.admin.documents import (
    DocumentAdmin,
    amount,
    is_draft,
    new_prices,
    once,
    prices_verb,
    standing_rows,
    to_seals,
)
from billing.admin.draft_form import look_on_page
from billing.admin.prices import explained
from billing.admin.pricing_progress import PricingProgress, pricing
from billing.admin.quote_lines import QuoteLineInline
from billing.admin.what_if import WhatIf
from billing.documents import quote_pdf
from billing.law import united_states
from billing.models import LineRole, Quote
from billing.models.rules import MorePieces
from billing.quotes import drafting, options
from crm import links
from crm.models import AccessLink, Contact
from laseros.core.errors import Refused
from production import shortages

PROMISE_SHORT = "inventory.promise_short"
STATE_COLOURS = {
    "draft": "info",
    "sent": "warning",
    "accepted": "success",
    "declined": "danger",
    "expired": "danger",
    "withdrawn": "",
}


class ForClientForm(forms.Form):
    """Who said yes on the phone or by e-mail."""

    name = forms.CharField(label=_("Who at the client said so"), max_length=120)


class AcceptForm(ForClientForm):
    """The same, with what they chose where there was a choice: quantities, optional lines, one of the alternatives."""

    for_record = True

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        self._despite = forms.CharField(
            label=_("Accept it all the same, because"), max_length=200, required=False,
            help_text=_("The job waits for what is missing, and this stands beside it."),
        )  # fmt: skip
        if "despite" in self.data:
            self.fields["despite"] = self._despite
        lines = list(record.lines.all())
        self._ask_for_lines(lines, record.currency)
        for line in lines if record.more_pieces == MorePieces.CHOOSE else ():
            if offers := quotes.offers_of(line, record):
                choices = [
                    (offer.quantity, f"{offer.quantity} × {amount(offer.unit_price, record.currency)}")
                    for offer in offers
                ]
                self.fields[f"pieces_{line.pk}"] = forms.TypedChoiceField(
                    label=line.description, choices=choices, coerce=int, initial=line.quantity
                )

    def _ask_for_lines(self, lines, currency):
        for name, group in options.groups(lines).items():
            self.fields[f"either_{group[0].pk}"] = forms.TypedChoiceField(
                label=_t("Either … or: %(group)s") % {"group": name}, coerce=int, initial=group[0].pk,
                choices=[(line.pk, f"{line.description}: {amount(line.amount, currency)}") for line in group],
            )  # fmt: skip
        for line in lines:
            if line.role == LineRole.OPTIONAL:
                said = f"{line.description}, {amount(line.amount, currency)}"
                label = _t("If wished: %(line)s") % {"line": said}
                self.fields[f"take_{line.pk}"] = forms.BooleanField(label=label, required=False)

    def refused(self, refusal):
        """Too little in stock: whoever may promise what is not there is asked for a reason."""
        if refusal.code == "short" and refusal.details.get("may_despite"):
            self.fields["despite"] = self._despite


class DeclineForm(ForClientForm):
    reason = forms.CharField(
        label=_("Why not"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


def _accept(request, quote, name, despite="", **chosen):
    may = request.user.has_perm(PROMISE_SHORT)
    answer = {"name": name, "despite": despite if may else "", **_choice(chosen)}
    try:
        job = quotes.accept(quote, by=request.user, **answer)
    except Refused as refusal:
        if refusal.code != "short":
            raise
        hint = "" if may else _t("A manager may accept it with a reason.")
        raise Refused(f"{refusal.reason}\n{hint}".strip(), code="short", may_despite=may) from None
    for row in shortages.of(job):
        messages.warning(request, shortages.said(row))
    job = to_record(job)
    return job.url if job and request.user.has_perm(job.permission) else None


def _choice(fields: dict) -> dict:
    """What was chosen in an `AcceptForm`, in the words of the verb: pieces_7, either_8, take_9."""
    by_kind = {"pieces": {}, "either": {}, "take": {}}
    for field, value in fields.items():
        kind, _dash, line = field.partition("_")
        by_kind[kind][int(line)] = value
    picked = {*by_kind["either"].values(), *(line for line, is_taken in by_kind["take"].items() if is_taken)}
    return {"quantities": by_kind["pieces"], "picked": picked}


def _proforma(request, quote):
    paper = order_papers.write_for_quote(quote, "proforma", request.user)
    return reverse("admin:billing_orderpaper_change", args=[paper.pk])


def _revise(request, quote):
    return reverse("admin:billing_quote_change", args=[quotes.revise(quote, request.user).pk])


def _newer(quote) -> list:
    """Asked once for one page."""
    if "_newer" not in quote.__dict__:
        quote._newer = [] if is_draft(quote) else list(quote.revisions.exclude(state="withdrawn"))
    return quote._newer


def _duplicate(request, quote):
    return reverse("admin:billing_quote_change", args=[quotes.duplicate(quote, request.user).pk])


@admin.register(Quote)
class QuoteAdmin(WhatIf, PricingProgress, DocumentAdmin):
    verbs_of = drafting
    render = quote_pdf
    list_display = ("number", "title", "client", "state_shown", "total_shown", "valid_until", "sent_at")
    list_display_links = ("number", "title")
    list_select_related = ("client",)
    list_reads = ("number", "title", "client", "client__code", "client__name", "state", "currency", "total",
                  "valid_until", "sent_at")  # fmt: skip
    list_filter = ("state", ("valid_until", BetweenDays), ("created_at", BetweenDays))
    list_filter_submit = True
    search_fields = ("number", "title", "client__name", "client__code")
    search_help_text = _("Number, title or client")
    money_fields = ("total_shown", "sums", "client_page", "deposit_amount", "discount_percent")
    change_form_outer_after_template = "admin/billing/prices.html"
    money_warnings = (credit_limit.of_quote, united_states.of_document)
    inlines = (QuoteLineInline,)
    autocomplete_fields = ("client",)
    readonly_fields = ("number", "standing", "sums", "client_page", "story", "sent_at", "prices_are")
    fieldsets = (
        (None, {"fields": (("number", "standing"), ("client", "contact"), "title", ("valid_until", "delivery_days"),
                           ("discount_percent", "discount_amount"), ("deposit_percent", "deposit_amount"), "sums")}),
        (_("What the client reads"), {"fields": ("more_pieces", "note", "terms"), "classes": ("collapse",)}),
        (_("What the client did"), {"fields": ("client_page", "story")}),
    )  # fmt: skip
    add_fieldsets = (
        (None, {"fields": ("client", "title", ("valid_until", "delivery_days"), "prices_are", "more_pieces", "note",
                           "terms")}),
    )  # fmt: skip
    empty_text = _("Open an enquiry and press “Make a quote”: drawings are priced with your own tables.")
    empty_icon = "request_quote"
    verbs = (
        Verb("send", _("Send"), lambda request, quote: quotes.send(quote, request.user) and None, "billing.send_quote",
             is_draft, confirm=_("The client gets it by e-mail with a link. From then on it cannot be changed."),
             done=_("The quote is on its way."), primary=True, icon="send", look=look_on_page),
        Verb("proforma", _("Pro forma invoice"), _proforma, "billing.add_orderpaper",
             lambda quote: quote.state in ("sent", "accepted"), icon="description",
             confirm=_("It is no invoice and has no number of one. It is kept, and the client gets it by e-mail.")),
        Verb("price-again", _("Price again"), lambda request, quote: quotes.reprice(quote, request.user) and None,
             "billing.change_quote", is_draft, done=_("The prices were worked out again."), icon="calculate"),
        Verb("price-all", _("Undo typed prices"),
             lambda request, quote: quotes.reprice(quote, request.user, by_hand=True) and None, "billing.change_quote",
             lambda quote: is_draft(quote) and quotes.has_typed_prices(quote), icon="undo",
             confirm=_("Prices that were typed are worked out from the tables again."),
             done=_("All prices are calculated.")),
        prices_verb(quotes.switch_prices, "billing.change_quote", is_draft),
        Verb("accept", _("Accepted by the client"), _accept, "billing.send_quote", lambda quote: quote.state == "sent",
             form=AcceptForm, done=_("The job is in the queue."), icon="thumb_up"),
        Verb("decline", _("Declined by the client"),
             lambda request, quote, **answer: quotes.decline(quote, by=request.user, **answer) and None,
             "billing.send_quote", lambda quote: quote.state == "sent", form=DeclineForm, icon="thumb_down"),
        Verb("revise", _("New revision"), _revise, "billing.add_quote",
             lambda quote: quote.state in quotes.REVISED and not _newer(quote), icon="edit_document"),
        Verb("duplicate", _("Copy as a new draft"), _duplicate, "billing.add_quote", icon="content_copy"),
        Verb("withdraw", _("Withdraw"), lambda request, quote: quotes.withdraw(quote, request.user) and None,
             "billing.send_quote", lambda quote: quote.state in ("draft", "sent"), dangerous=True, icon="block",
             confirm=_("It can no longer be accepted. Its page stays and says so."), done=_("The quote is withdrawn.")),
    )  # fmt: skip

    def create(self, request, obj):
        quotes.open_draft(obj, request.user)

    def get_fieldsets(self, request, obj=None):
        """Nobody outside has done anything about a draft; what was sent shows no discount that it has not."""
        sets = super().get_fieldsets(request, obj)
        if obj is None:
            return sets
        if is_draft(obj):
            return sets[:-1]
        (name, first), *others = sets
        return [(name, {**first, "fields": standing_rows(obj, first["fields"])}), *others]

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "client"] if obj is not None else fields

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj is not None and "contact" in form.base_fields:
            form.base_fields["contact"].queryset = Contact.objects.filter(client=obj.client_id)
        return form

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None and request.user.has_perm(SEE_MONEY):
            stale = {} if obj.to_price else staleness.of(obj)
            context["prices"] = [explained(line, stale.get(line.pk)) for line in obj.lines.select_related("quote")]
            context["stale"] = bool(stale)
            context["may_choose"] = is_draft(obj) and self.has_change_permission(request, obj)
            context["currency"] = obj.currency
            context["pricing"] = pricing(obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def related_links(self, obj):
        return [
            self.pdf_link(obj),
            to_record(obj.client, icon="groups"),
            to_record(obj.enquiry, icon="mail"),
            to_record(obj.replaces, _("Replaces"), icon="history"),
            *(to_record(row, _("Newer revision"), icon="update") for row in _newer(obj)),
            to_record(obj.job, icon="work"),
            *(to_record(paper, paper.get_kind_display(), icon="task") for paper in obj.order_papers.order_by("id")),
            to_list("billing.invoice", icon="receipt_long", job__id__exact=obj.job_id) if obj.job_id else None,
            *(() if is_draft(obj) else to_seals(obj)),
            to_messages(obj),
        ]

    @display(description=_("state"), ordering="state", label=STATE_COLOURS)
    def state_shown(self, quote):
        if quote.state == "sent" and quotes.is_past(quote):
            return "expired", _("expired")
        return quote.state, quote.get_state_display()

    @display(description=_("state"))
    def standing(self, quote):
        return self.state_shown(quote)[1]

    @display(description=_("prices"))
    def prices_are(self, quote):
        return new_prices()

    @display(description=_("total"), ordering="total")
    def total_shown(self, quote):
        return amount(quote.total, quote.currency)

    @display(description=_("sums"))
    @once
    def sums(self, quote):
        context = {"found": quote, "currency": quote.currency, "sums": discounts.of_document(quote, options.proposed)}
        if quote.job is not None and quote.job.quoted_total != quote.net:
            context["ordered"] = quote.job.quoted_total
        return render_to_string("admin/billing/sums.html", context)

    @display(description=_("the client's page"))
    @once
    def client_page(self, quote):
        kind = ContentType.objects.get_for_model(Quote)
        link = AccessLink.objects.filter(target_type=kind, target_id=quote.pk, revoked_at=None).order_by("-id").first()
        if link is None:
            return (
                _("It gets one when it is sent.") if quote.state == "draft" else _("No link to it is valid any more.")
            )
        return format_html('<a class="lo-address" href="{0}" target="_blank" rel="noopener">{0}</a>', links.url(link))

    @display(description=_("so far"))
    @once
    def story(self, quote):
        seen = activity.of(quote).filter(verb__in=("sent", "opened", "accepted", "declined", "expired", "withdrawn"))
        story = [{"at": line.at, "who": line.actor_name, "did": activity.VERBS[line.verb]} for line in seen[:20]]
        return render_to_string("admin/billing/story.html", {"story": story, "quote": quote})
