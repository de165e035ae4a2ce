"""The lines of a quote in the back office: which of them count, and which the client may take or leave."""

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from billing.admin.documents import DraftLines
from billing.admin.line_form import LineForm
from billing.models import LineRole, QuoteLine

GROUPS = "ABCD"
# In the place of what is typed into a draft, for whoever only reads.
READ = {"description": "description_shown"}


class QuoteLineForm(LineForm):
    """Said in one place: "" counts, "optional" is offered beside the total, a letter is one of several alternatives."""

    counts = forms.ChoiceField(
        label=_("in the total"), required=False, widget=UnfoldAdminSelectWidget,
        help_text=_("“If wished” is offered with its price and not in the total until the client takes it. Of the lines"
                    " of one letter exactly one counts: the first, until the client chooses another."),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "counts" not in self.fields:
            return
        letters = sorted({*GROUPS, self.instance.group} - {""})
        self.fields["counts"].choices = [
            ("", _("yes")),
            (LineRole.OPTIONAL.value, LineRole.OPTIONAL.label),
            *((letter, _t("one of %(group)s") % {"group": letter}) for letter in letters),
        ]
        role = self.instance.role
        self.initial["counts"] = "" if role == LineRole.COUNTED else self.instance.group or role

    def clean_counts(self) -> str:
        said = self.cleaned_data["counts"]
        is_group = said not in ("", LineRole.OPTIONAL)
        self.instance.role = LineRole.ALTERNATIVE if is_group else said or LineRole.COUNTED
        self.instance.group = said if is_group else ""
        return said


class QuoteLineInline(DraftLines):
    model = QuoteLine
    form = QuoteLineForm
    fields = ("position", "description", "quantity", "unit_price", "discount", "tax_percent", "counts", "amount_shown",
              "reason")  # fmt: skip
    fk_name = "quote"
    readonly_fields = ("amount_shown", "unit_price_shown", "discount_shown", "tax_shown", "reason", "ordered_shown",
                       "description_shown")  # fmt: skip
    money_fields = ("amount_shown", "unit_price_shown", "discount", "discount_shown")

    def get_fields(self, request, obj=None):
        """Where the client took other quantities, they stand beside those that were asked for.

        What left the house has a price for each line: no column says why there is none.
        """
        fields = super().get_fields(request, obj)
        if not self.has_change_permission(request, obj):
            fields = [READ.get(name, name) for name in fields if name != "counts"]
        if obj is not None and obj.state != "draft":
            fields = [name for name in fields if name != "reason"]
        other = obj is not None and obj.state == "accepted" and obj.lines.exclude(ordered=None).exists()
        return [*fields, "ordered_shown"] if other else fields

    @display(description=_("description"))
    def description_shown(self, line):
        """With what it was offered as, and what became of that."""
        if line.role == LineRole.COUNTED:
            return line.description
        said = _t("either … or: %(group)s") % {"group": line.group} if line.group else line.get_role_display()
        if line.ordered is not None:
            said += f" · {_t('chosen') if line.ordered else _t('not chosen')}"
        return format_html("{}<br><small>{}</small>", line.description, said)

    @display(description=_("ordered"))
    def ordered_shown(self, line):
        return line.quantity if line.ordered is None else line.ordered

    @display(description=_("why there is no price"))
    def reason(self, line):
        return format_html('<span class="lo-unpriced">{}</span>', line.unpriced) if line.unpriced else "–"
