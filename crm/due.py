"""What crm adds to a person's calendar: their own follow-ups."""

from django.urls import reverse

from accounts import calendars
from accounts.calendars import MOST, Due
from crm.models import FollowUp


def _follow_ups(user, first, last):
    rows = FollowUp.objects.filter(person=user, done_at=None, due_on__range=(first, last)).select_related("client")
    for row in rows[:MOST]:
        path = reverse("admin:crm_client_timeline", args=[row.client_id])
        yield Due(f"followup:{row.pk}", row.due_on, f"{row.what} · {row.client.name}", path)


calendars.register("crm.view_followup", _follow_ups)
