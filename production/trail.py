"""How runs and jobs stand in the trail of what was used and made: see `inventory.trace`."""

from django.urls import reverse

from inventory import trace
from inventory.trace import Thing
from production.models import Job, Run


def _runs(pks: list[int]) -> dict[int, Thing]:
    used, made = trace.used_by("run", pks), trace.made_by("run", pks)
    rows = Run.objects.filter(pk__in=pks).select_related("operation__job_line__job", "machine")
    things = {}
    for run in rows.prefetch_related("parts__operation__job_line"):
        line = run.operation.job_line
        jobs = [line.job_id] if line is not None else [part.operation.job_line.job_id for part in run.parts.all()]
        things[run.pk] = Thing(
            f"run:{run.pk}", Run._meta.verbose_name, f"{run.operation.reference} · {run.machine}",
            reverse("admin:production_run_change", args=[run.pk]), "production.view_run", run.operation.what,
            run.finished_at or run.started_at, before=used[run.pk],
            after=[*(f"job:{pk}" for pk in dict.fromkeys(jobs)), *made[run.pk]],
        )  # fmt: skip
    return things


def _jobs(pks: list[int]) -> dict[int, Thing]:
    used = trace.used_by("job", pks)
    things = {
        job.pk: Thing(
            f"job:{job.pk}", Job._meta.verbose_name, job.number, reverse("admin:production_job_change", args=[job.pk]),
            "production.view_job", f"{job.client} · {job.title}", job.approved_at, before=used[job.pk],
        )
        for job in Job.objects.filter(pk__in=pks).select_related("client")
    }  # fmt: skip
    own = Run.objects.filter(operation__job_line__job__in=things).order_by("pk")
    shared = Run.objects.filter(parts__operation__job_line__job__in=things).order_by("pk")
    for rows, job in ((own, "operation__job_line__job"), (shared, "parts__operation__job_line__job")):
        for pk, of in rows.values_list("pk", job):
            if of in things and f"run:{pk}" not in things[of].before:
                things[of].before.append(f"run:{pk}")
    return things


trace.register("run", _runs)
trace.register("job", _jobs)
