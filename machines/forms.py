"""The form of a machine: what every machine has, and the settings its connection asks for."""

from asgiref.sync import async_to_sync
from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.forms import dress
from laseros.core.drivers import Setting
from machines import doctor, drivers, sealing
from machines.models import Machine
from machines.words import said

PREFIX = "setting_"
NOTHING_TO_TRY = ("manual", "simulator")
# Options that no setting describes may still hold secrets: whatever is called like one is not shown.
SECRET_NAMES = ("secret", "password", "key", "code", "token")
HIDDEN = "••••••"


def is_secret(name: str) -> bool:
    return any(part in name.lower() for part in SECRET_NAMES)


def masked(options: dict) -> dict:
    """Options as they may be shown: secrets are there, and not to be read."""
    shown = {}
    for name, value in (options or {}).items():
        if isinstance(value, dict):
            shown[name] = masked(value)
        else:
            shown[name] = HIDDEN if is_secret(str(name)) and value else value
    return shown


def settings_of(driver: str) -> tuple[Setting, ...]:
    try:
        return drivers.driver_class(driver).settings
    except drivers.UnknownDriver:
        return ()


def driver_choices() -> list[tuple[str, str]]:
    return [(name, gettext(drivers.driver_class(name).title)) for name in drivers.DRIVERS]


def note_of(driver: str) -> str:
    """What a person should know of this connection before he takes it."""
    if driver == "manual":
        return gettext("Worked by hand: nothing is connected, the operator's terminal says what it does.")
    try:
        note = getattr(drivers.driver_class(driver), "note", "")
    except drivers.UnknownDriver:
        return ""
    return gettext(note) if note else ""


class MachineForm(forms.ModelForm):
    driver = forms.ChoiceField(
        label=_("connection"),
        choices=driver_choices,
        initial="manual",
    )
    unproved = forms.BooleanField(
        label=_("Save it although the connection does not work"),
        required=False,
        help_text=_("It is tried again and again from then on."),
    )
    of_driver = "manual"  # whose settings this form shows
    workspace = None  # of whoever asks; the admin says

    class Meta:
        model = Machine
        fields = ["name", "kind", "driver"]  # the admin says which; never the options as they are stored

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        kept = self.instance.options or {}
        for setting in settings_of(self.of_driver):
            if not setting.secret:
                self.initial[PREFIX + setting.name] = _shown(kept.get(setting.name, setting.default))
        current = self.instance.driver
        if "driver" in self.fields:
            self.fields["driver"].help_text = note_of(self.of_driver)
        if self.of_driver in NOTHING_TO_TRY or self.of_driver not in drivers.DRIVERS:
            self.fields.pop("unproved", None)
        secrets = sealing.opened(self.instance.sealed)
        for setting in settings_of(self.of_driver):
            field = self.fields.get(PREFIX + setting.name)
            if field is not None and setting.required:
                field.required = not (setting.secret and (secrets.get(setting.name) or kept.get(setting.name)))
        if "driver" in self.fields and current not in drivers.DRIVERS:
            field = self.fields["driver"]
            field.choices = [*field.choices, (current, current)]

    def clean(self):
        cleaned = super().clean()
        if not self.errors and self._is_to_be_tried(cleaned):
            self._try(cleaned)
        return cleaned

    def _is_to_be_tried(self, cleaned: dict) -> bool:
        """A connection that is new or another one now, to something in the network."""
        driver = cleaned.get("driver", "manual")
        changed = not self.instance.pk or {"driver", *setting_names(driver)} & set(self.changed_data)
        shown = driver == self.of_driver
        return bool(changed and shown and driver not in NOTHING_TO_TRY and not cleaned.get("unproved"))

    def _try(self, cleaned: dict) -> None:
        """The doctor looks before anything is stored; the first thing that is wrong stands at its field."""
        same = self.instance.pk and self.initial.get("driver") == cleaned.get("driver")
        options, secrets = self.connection(kept=same)
        tried = Machine(
            pk=self.instance.pk or 0, driver=cleaned["driver"], options=options, sealed=secrets,
            kind=cleaned.get("kind") or self.instance.kind, workspace=self.workspace,
        )  # fmt: skip
        steps = async_to_sync(doctor.examine)(tried)
        wrong = next((step for step in steps if step.ok is False and step.name not in doctor.HARMLESS), None)
        if wrong is not None:
            self.add_error(None, " ".join(filter(None, (capfirst(said(wrong.words)) + ".", said(wrong.mend)))))

    def save(self, commit=True):
        # Another connection has other settings: nothing of the old one is handed to it.
        same = self.instance.pk and self.initial.get("driver") == self.cleaned_data.get("driver")
        self.instance.options, self.instance.sealed = self.connection(kept=same)
        return super().save(commit)

    def connection(self, kept: bool) -> tuple[dict, str]:
        """(options, sealed secrets) as the form has them; an empty secret is the old one, if `kept`."""
        options = dict(self.instance.options or {}) if kept else {}
        secrets = sealing.opened(self.instance.sealed) if kept else {}
        entered = False
        for setting in settings_of(self.cleaned_data.get("driver", "")):
            name = PREFIX + setting.name
            value = self.cleaned_data.get(name) if name in self.fields else None
            if setting.secret:
                unsealed = options.pop(setting.name, None)
                if unsealed:
                    secrets[setting.name], entered = unsealed, True
                if value:
                    secrets[setting.name], entered = value, True
            elif value not in (None, ""):
                options[setting.name] = value
            else:
                options.pop(setting.name, None)
        if kept and not entered:
            return options, self.instance.sealed
        return options, sealing.sealed(secrets)


def _shown(value):
    """A whole number without its fraction: 30, not 30.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def form_for(driver: str) -> type[MachineForm]:
    """The form with the settings of this driver."""
    fields = {PREFIX + setting.name: field_of(setting) for setting in settings_of(driver)}
    return type("MachineForm", (MachineForm,), {**fields, "of_driver": driver})


def setting_names(driver: str) -> list[str]:
    return [PREFIX + setting.name for setting in settings_of(driver)]


def field_of(setting: Setting) -> forms.Field:
    words = {"label": gettext_lazy(setting.label), "required": False}
    if setting.help:
        words["help_text"] = gettext_lazy(setting.help)
    if setting.secret:
        return forms.CharField(
            widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "off"}),
            max_length=200,
            **{**words, "help_text": _("Stored, and not shown again. Empty: as it is.")},
        )
    if setting.kind == "long":
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), max_length=20_000, **words)
    if setting.kind == "number":
        return forms.FloatField(**words)
    if setting.kind == "choice":
        choices = [(value, gettext_lazy(label)) for value, label in setting.choices]
        return forms.ChoiceField(choices=choices, **words)
    return forms.CharField(max_length=200, **words)


def dressed(form: type[MachineForm]) -> type[MachineForm]:
    """With the back office's look on the fields the admin does not know."""

    class Dressed(form):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            dress(self)
            if not self.instance.pk and "driver" in self.fields:
                self.fields["driver"].widget.attrs["data-asks-anew"] = True

    return Dressed
