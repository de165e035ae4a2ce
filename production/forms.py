"""What an operator says at the end of a run."""

from django import forms
from django.utils.translation import gettext_lazy as _

from inventory.ledger import DIGITS, MOST
from production.models import Run

REASONS = [
    ("", _("Choose a reason")),
    (_("Burr or dross"), _("Burr or dross")),
    (_("Not cut through"), _("Not cut through")),
    (_("Print failed"), _("Print failed")),
    (_("Wrong size"), _("Wrong size")),
    (_("Scratched or bent"), _("Scratched or bent")),
    (_("Wrong material"), _("Wrong material")),
    (_("Other"), _("Other")),
]
NOTE = Run._meta.get_field("note").max_length


class OutcomeForm(forms.Form):
    """Good, scrap and what was used. All fields that are left alone mean: as planned."""

    good = forms.IntegerField(label=_("Good"), min_value=0)
    scrap = forms.IntegerField(label=_("Scrap"), min_value=0, required=False)
    reason = forms.ChoiceField(label=_("Why scrap"), required=False)
    material_used = forms.DecimalField(
        label=_("Material used"), min_value=0, max_value=MOST - 1, decimal_places=DIGITS, required=False
    )
    note = forms.CharField(label=_("Note"), max_length=NOTE - 60, required=False)

    def __init__(self, run: Run, data=None, *, good: int, scrap: int = 0, reason: str = ""):
        super().__init__(data, initial={"good": good, "scrap": scrap, "reason": reason})
        self.run = run
        self.fields["reason"].choices = [(str(value), label) for value, label in REASONS]
        for name in ("good", "scrap"):
            self.fields[name].widget.attrs.update(inputmode="numeric", max=run.quantity, autocomplete="off")
        item = run.operation.item
        if item is None:
            del self.fields["material_used"]
        else:
            unit = item.get_unit_display()
            self.fields["material_used"].label = _("Material used in %(unit)s") % {"unit": unit}
            self.fields["material_used"].help_text = _("Leave empty for what the pieces take.")

    def clean(self):
        data = super().clean()
        data["scrap"] = data.get("scrap") or 0
        if "good" in data and data["good"] + data["scrap"] > self.run.quantity:
            self.add_error(
                "good",
                _("Good and scrap together can be at most %(quantity)s.") % {"quantity": self.run.quantity},
            )
        if data["scrap"] and not (data.get("reason") or data.get("note")):
            self.add_error("reason", _("Please say why there is scrap."))
        return data

    def outcome(self) -> dict:
        """As the verbs take it."""
        data = self.cleaned_data
        reason = data["reason"] if data["scrap"] else ""
        return {
            "good": data["good"],
            "scrap": data["scrap"],
            "material_used": data.get("material_used"),
            "note": ": ".join(part for part in (reason, data["note"]) if part),
        }
