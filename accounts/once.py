"""Forms whose deed must happen once, however often the button is pressed and however one came back to the page."""

import secrets
import time

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

DONE = "done"  # in the session: what this person did last, by its print
RECENT = 15 * 60  # seconds
KEPT = 8


class OnceForm(forms.Form):
    """For verbs that must happen once: `once` is the same for one page shown, and so is what it books.

    Who goes back to a page and sends it again has a new key there. The same answers as a moment ago are asked about.
    """

    remembers = True  # not where the verb itself asks
    once = forms.CharField(widget=forms.HiddenInput, max_length=40)
    once_more = forms.BooleanField(label=_("Yes, do it a second time"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["once"].initial = lambda: secrets.token_urlsafe(12)
        self._second_time = self.fields.pop("once_more")
        if "once_more" in self.data:
            self.fields["once_more"] = self._second_time

    def facts(self) -> dict:
        """What was answered, without our own question."""
        return {name: value for name, value in self.cleaned_data.items() if name != "once_more"}

    def wants_asking(self, session, where: str) -> bool:
        """Whether the same was done at `where` a moment ago from another showing of it; then the form asks."""
        if not self.remembers or self.cleaned_data.get("once_more"):
            return False
        key, at = session.get(DONE, {}).get(self._print(where), ("", 0))
        if key in ("", self.cleaned_data["once"]) or time.time() - at > RECENT:
            return False
        self.fields["once_more"] = self._second_time
        self.add_error(None, _t("You have done just this a moment ago. Nothing was booked a second time."))
        return True

    def was_done(self, session, where: str) -> None:
        if self.remembers:
            done = {**session.get(DONE, {}), self._print(where): (self.cleaned_data["once"], int(time.time()))}
            session[DONE] = dict(sorted(done.items(), key=lambda entry: entry[1][1])[-KEPT:])

    def _print(self, where: str) -> str:
        answers = [f"{name}={value}" for name, value in sorted(self.facts().items()) if name != "once"]
        return "&".join([where, *answers])[:500]
