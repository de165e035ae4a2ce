"""What an operator says at the end of a sheet."""

from django import forms
from django.utils.translation import gettext_lazy as _

from production import sheet_runs
from production.forms import NOTE, REASONS
from production.models import NestSheet, Run, RunPart

PLACE = 60


class SheetForm(forms.Form):
    """Good and scrap of each part, and whether the rest is kept. Left alone it means: all good, the remnant kept."""

    spoilt = forms.BooleanField(label=_("The sheet is used up"), required=False,
                                help_text=_("Otherwise it goes back and stays in the queue."))  # fmt: skip
    keep = forms.BooleanField(label=_("Keep the remnant"), required=False)
    place = forms.CharField(label=_("Where it is put"), max_length=PLACE, required=False)
    reason = forms.ChoiceField(label=_("Why scrap"), required=False)
    note = forms.CharField(label=_("Note"), max_length=NOTE - 60, required=False)

    def __init__(self, run: Run, sheet: NestSheet, parts: list[RunPart], deed: str, data=None):
        finishing = deed == "finish"
        super().__init__(data, initial={"keep": finishing})
        self.run, self.sheet, self.parts, self.finishing = run, sheet, parts, finishing
        self.fields["reason"].choices = [(str(value), label) for value, label in REASONS]
        if finishing:
            del self.fields["spoilt"]
        if not sheet.remnant:
            del self.fields["keep"], self.fields["place"]
        for part in parts:
            good, scrap = sheet_runs.proposal(run, part) if finishing else (0, 0)
            for name, initial in (("good", good), ("scrap", scrap)):
                field = forms.IntegerField(
                    label=_("Good") if name == "good" else _("Scrap"), min_value=0, initial=initial, required=False
                )
                field.widget.attrs.update(inputmode="numeric", max=part.quantity, autocomplete="off")
                self.fields[f"{name}_{part.operation_id}"] = field

    def rows(self):
        """(part, its field for good, its field for scrap)."""
        return [(part, self[f"good_{part.operation_id}"], self[f"scrap_{part.operation_id}"]) for part in self.parts]

    def clean(self):
        data = super().clean()
        scrapped = 0
        for part in self.parts:
            good, scrap = (data.get(f"{name}_{part.operation_id}") or 0 for name in ("good", "scrap"))
            scrapped += scrap
            if good + scrap > part.quantity:
                self.add_error(
                    f"good_{part.operation_id}",
                    _("Good and scrap together can be at most %(quantity)s.") % {"quantity": part.quantity},
                )
        if scrapped and not (data.get("reason") or data.get("note")):
            self.add_error("reason", _("Please say why there is scrap."))
        return data

    def outcome(self) -> dict:
        """As the verbs take it."""
        data = self.cleaned_data
        counts = {
            part.operation_id: tuple(data.get(f"{name}_{part.operation_id}") or 0 for name in ("good", "scrap"))
            for part in self.parts
        }
        reason = data["reason"] if any(scrap for _good, scrap in counts.values()) else ""
        spoilt = {} if self.finishing else {"spoilt": bool(data.get("spoilt"))}
        return {
            "counts": counts,
            "keep": bool(data.get("keep")),
            "place": data.get("place", ""),
            "note": ": ".join(part for part in (reason, data["note"]) if part),
            **spoilt,
        }
