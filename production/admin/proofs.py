"""Proofs in the back office: sent from a job's page, and what clients said to each version."""

from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminFileFieldWidget

from accounts.back_office import Verb, to_record
from accounts.day_filter import BetweenDays
from production import proofs
from production.admin import job_step
from production.admin.badges import COLOURS, Untouched, badge
from production.models import DesignFile, Proof
from production.states import OVER_JOB

CHANGE = "production.change_job"


class ProofForm(forms.Form):
    """A file, or one of the drawings the job is made from."""

    for_record = True
    upload = forms.FileField(
        label=_("File"), required=False, help_text=_("Drawing, picture or PDF"), widget=UnfoldAdminFileFieldWidget
    )
    drawing = forms.ModelChoiceField(queryset=None, label=_("or a drawing of the job"), required=False)
    note = forms.CharField(
        label=_("note to the client"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        files = DesignFile.objects.filter(job_lines__job=record, kind__in=proofs.KINDS).order_by("name")
        self.fields["drawing"].queryset = files.distinct()


SEND = Verb(
    "proof", _("Send a proof to the client"),
    lambda request, job, **answers: proofs.send(job, request.user, **answers) and None, CHANGE,
    lambda job: job.state not in OVER_JOB, form=ProofForm, icon="draw", subject=job_step.CLIENT,
    done=_("The proof is on its way. The client approves it, or says what should be different."),
)  # fmt: skip


@admin.register(Proof)
class ProofAdmin(Untouched):
    list_display = ("job", "version", "file", "state_shown", "sent_at", "decided_by", "decided_at", "reason")
    list_display_links = ("job", "version")
    list_select_related = ("job", "design_file")
    list_filter = ("state", ("sent_at", BetweenDays))
    list_filter_submit = True
    search_fields = ("job__number", "job__title", "decided_by")
    search_help_text = _("Job or who decided")
    fields = (("job", "version"), ("file", "state_word"), ("sent_at", "sent_by"), "note",
              ("decided_at", "decided_by"), "reason")  # fmt: skip
    readonly_fields = ("job", "version", "file", "state_word", "sent_at", "sent_by", "note", "decided_at",
                       "decided_by", "reason")  # fmt: skip
    export_fields = ("job", "version", "state", "sent_at", "decided_by", "decided_at", "reason")
    empty_text = _("Proofs are sent from a job: the client approves a version or says what should be different.")
    empty_icon = "draw"
    verbs = (
        Verb("withdraw", _("Take back"), lambda request, proof: proofs.withdraw(proof, request.user), CHANGE,
             lambda proof: proof.state == "waiting", dangerous=True, icon="undo",
             confirm=_("The client can no longer approve this version."), done=_("Taken back.")),
    )  # fmt: skip

    def related_links(self, obj):
        return [to_record(obj.job, icon="work"), to_record(obj.design_file, icon="architecture")]

    @display(description=_("file"))
    def file(self, proof):
        page = reverse("admin:production_designfile_change", args=[proof.design_file_id])
        return format_html('<a href="{}">{}</a>', page, proof.design_file.name)

    @display(description=_("state"), ordering="state", label=COLOURS)
    def state_shown(self, proof):
        return badge(proof)

    @display(description=_("state"))
    def state_word(self, proof):
        return proof.get_state_display()
