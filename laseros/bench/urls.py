"""The product's doors and one more: the reference every page is measured against."""

from django.http import HttpResponse
from django.template import engines
from django.urls import path

from laseros.urls import urlpatterns as product

# The job list as anybody would write it first: what the product's own list says, and nothing else.
_TABLE = """<!doctype html><title>Jobs</title><table>{% for job in jobs %}<tr>
<td><a href="{% url "admin:production_job_change" job.pk %}">{{ job.number }}</a></td><td>{{ job.title }}</td>
<td>{{ job.client }}</td><td>{{ job.get_state_display }}</td><td>{{ job.get_priority_display }}</td>
<td>{{ job.due_on }}</td><td>{{ job.approved_at }}</td><td>{{ job.quoted_total }}</td></tr>{% endfor %}</table>"""
_kept = []


def reference(request):
    """A bare Django view: one indexed query, fifty rows as an HTML table."""
    from production.models import Job

    if not _kept:
        _kept.append(engines["django"].from_string(_TABLE))
    jobs = Job._base_manager.select_related("client").order_by("-pk")[:50]
    return HttpResponse(_kept[0].render({"jobs": jobs}))


urlpatterns = [path("bench/reference/", reference), *product]
