"""Two people with one form open: the second is told before they overwrite the first."""

from hashlib import blake2b

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

FIELD = "as_opened"  # the hidden field of the page


class AsOpened:
    """Mixed into the forms of records that exist: they carry a sign of what the record said when the page was made."""

    as_opened = ""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        asked = sorted(name for name, field in self.fields.items() if not field.widget.is_hidden)
        if self.instance.pk and asked:
            said = [(name, _said(self.initial.get(name))) for name in asked]
            self.as_opened = blake2b(repr(said).encode(), digest_size=12).hexdigest()

    def clean(self):
        """What was typed stays in the form, and that comes back with the new sign: saved once more, it is meant."""
        cleaned = super().clean()
        opened = self.data.get(FIELD)
        if opened and self.as_opened and opened != self.as_opened:
            raise ValidationError(
                _(
                    "Somebody changed this record while you had it open, so nothing is stored yet. What you typed is"
                    " still here: look at the history for what is new, and save once more if yours is right."
                ),
                code="changed-meanwhile",
            )
        return cleaned


def _said(value):
    many = isinstance(value, list | tuple | set) or hasattr(value, "all")
    return [str(getattr(one, "pk", one)) for one in value] if many else str(value)
