"""What the worker does by itself, and when. Written to the queue's schedule after every migrate."""

from datetime import UTC, datetime, time, timedelta

from django.utils import timezone

# name → (function, hour of the night, UTC)
NIGHTLY = {
    "quotes past their date": ("billing.tasks.expire_quotes", 1),
    "invoices to be reminded of": ("billing.tasks.propose_reminders", 4),
    "papers that belong to nothing": ("billing.tasks.sweep_papers", 5),
    "what to buy": ("inventory.reorder.tasks.every_night", 2),
    "old figures of machines": ("machines.samples.tidy", 3),
    "what the database knows of its tables": ("laseros.upkeep.refresh_statistics", 2),
}
# name → (function, minutes)
ALL_DAY = {
    "messages that are due": ("accounts.outbox.sending.sweep", 1),
    "work that was lost": ("accounts.work.hand_over_lost", 2),
    "invoices that come again": ("billing.tasks.make_recurring", 30),
    "what lies on the machines": ("machines.files.finding.look_everywhere", 15),
    "files in watched folders": ("machines.files.watched.look_everywhere", 1),
    "how much machines did": ("machines.maintenance.count_everywhere", 10),
    "pictures of cameras": ("machines.camera.forget_old", 2),
    "backups that are due": ("laseros.backups.schedule.when_due", 10),
    "what machines did unheard": ("production.machine_work.following.catch_up", 1),
}


def write(sender=None, **kwargs) -> None:
    from django_q.models import Schedule

    tomorrow = timezone.now().date() + timedelta(days=1)
    for name, (function, hour) in NIGHTLY.items():
        first = datetime.combine(tomorrow, time(hour), tzinfo=UTC)
        Schedule.objects.get_or_create(
            name=name, defaults={"func": function, "schedule_type": Schedule.DAILY, "next_run": first}
        )
    for name, (function, minutes) in ALL_DAY.items():
        defaults = {"func": function, "schedule_type": Schedule.MINUTES, "minutes": minutes}
        Schedule.objects.get_or_create(name=name, defaults=defaults)
