"""The worker's part: each message given away at most once, tried again while nothing was given away, given up visibly.

Before a message is handed to the server one compare-and-swap says so. Whatever fails before it, or is refused by the
server in words, is tried again with growing pauses. A worker that dies after it leaves a message of which nobody knows
whether it arrived: it is shown as that and a person decides. So nothing arrives twice by itself, and in the rare case
of a death within that moment something may arrive not at all.
"""

import logging
import smtplib
import time
from datetime import timedelta
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_noop
from django_scopes import scope, scopes_disabled

from accounts import activity, password_links, work
from accounts.models import OutgoingMail, User
from accounts.models.mail import LIFE, until_given_up
from accounts.outbox import hooks, papers
from laseros.core.retry import retried

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 30, 1800  # seconds
AWAY = "mail-server-away"  # in the cache, while it does not answer
AWAY_FOR = 45  # seconds
LOST_AFTER = timedelta(minutes=4)  # as long as a task may take: see accounts.work
AT_ONCE, SWEEP_SECONDS = 200, 50  # of a sweep


class Unsure(Exception):
    """It was given away and no answer came: it may have arrived."""


class Taken(Exception):
    """Another worker gives it away."""


class Hopeless(Exception):
    """The same again would fail the same way."""


@retried
@transaction.atomic
def send_again(message: OutgoingMail, by, *, why: str) -> None:
    """A person asks for a message to be sent (again), and says why."""
    LIFE.move(message, "again", error="", tries=0, due_at=timezone.now(), until=until_given_up(), handed_at=None)
    activity.record("retried", message, by, details={"why": why})
    work.queue(deliver, message.workspace, message.pk, subject=message, by=by)


@retried
@transaction.atomic
def arrived(message: OutgoingMail, by) -> None:
    """A person knows that a message of which nobody knew has arrived."""
    LIFE.move(message, "arrived", error="", sent_at=message.handed_at or timezone.now())
    activity.record("settled", message, by)


@work.task(gettext_noop("send a message"))
def deliver(pk: int) -> None:
    message = OutgoingMail.objects.select_related("workspace", "hook").get(pk=pk)
    if message.hook_id is None and message.state == "waiting" and cache.get(AWAY):
        return  # the sweep brings it as soon as the server answers
    attempt(message)


def attempt(message: OutgoingMail) -> bool:
    """Try once; False where the mail server could not be reached at all."""
    now = timezone.now()
    if message.due_at > now or not LIFE.try_move(message, "take", tries=message.tries + 1, due_at=now):
        return True
    away = False
    try:
        hooks.send(message, hand_over) if message.hook_id else _send(message)
    except Taken:
        log.info("message %s is sent by another worker", message.pk)
    except Unsure as error:
        LIFE.try_move(message, "lose", error=_said(error))
    except Hopeless as error:
        _give_up(message, error)
    except Exception as error:
        away = message.hook_id is None and not message.handed_at and isinstance(error, OSError)
        _try_later(message, error)
    else:
        LIFE.try_move(message, "deliver", sent_at=timezone.now(), error="")
    return not away


def sweep() -> int:
    """Send what is due and was not sent at once: retries, what waited out somebody's night; and look at what was lost.

    One connection that cannot be made ends it: the others of that minute need not find out the same. Every minute.
    """
    from accounts.outbox import digest

    digest.bundle_due()
    _find_lost()
    now, sent = timezone.now(), 0
    with scopes_disabled():
        rows = OutgoingMail.objects.filter(state__in=("waiting", "sending"), due_at__lte=now)
        # What has just been written is on its way by a task of its own.
        fresh = rows.filter(state="waiting", tries=0, created_at__gt=now - timedelta(seconds=20))
        rows = rows.exclude(pk__in=fresh.values("pk")).order_by("due_at", "id")
        due = list(rows.values_list("pk", flat=True)[:AT_ONCE])
    away, enough = False, time.monotonic() + SWEEP_SECONDS
    for pk in due:
        if time.monotonic() > enough:
            break
        with scopes_disabled():
            message = OutgoingMail.objects.select_related("workspace", "hook").get(pk=pk)
        if message.state == "sending" and not _is_lost(message):
            continue
        if away and message.hook_id is None:
            continue
        with scope(workspace=message.workspace), translation.override(message.workspace.language):
            away = not attempt(message) or away
        sent += message.state == "sent"
    return sent


def hand_over(message: OutgoingMail) -> None:
    """From here on it may arrive. Raises `Taken` where another worker was quicker."""
    if not LIFE.try_move(message, "hand", handed_at=timezone.now()):
        raise Taken


def _send(message: OutgoingMail) -> None:
    try:
        mail = _as_mail(message)
    except (User.DoesNotExist, FileNotFoundError) as error:
        raise Hopeless(_said(error)) from error
    connection = get_connection(fail_silently=False)
    mail.connection = connection
    try:
        connection.open()
    except (OSError, smtplib.SMTPException):
        cache.set(AWAY, True, AWAY_FOR)
        raise
    cache.delete(AWAY)
    try:
        hand_over(message)
        _give(mail, papers.leave(message, mail))
    finally:
        try:
            connection.close()
        except (OSError, smtplib.SMTPException):
            log.info("the mail server hung up first")


def _give(mail: EmailMultiAlternatives, back=()) -> None:
    """`back`: what is to be done where the server does not take it."""
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        _all(back)
        codes = [code for code, _words in error.recipients.values()]
        raise (Hopeless(_said(error)) if codes and min(codes) >= 500 else error) from error
    except smtplib.SMTPResponseException as error:
        _all(back)
        raise (Hopeless(_said(error)) if error.smtp_code >= 500 else error) from error
    except (OSError, smtplib.SMTPException) as error:  # it hung up, or said nothing: what it has, nobody knows
        raise Unsure(_said(error)) from error


def _all(deeds) -> None:
    for deed in deeds:
        deed()


def _as_mail(message: OutgoingMail) -> EmailMultiAlternatives:
    workspace = message.workspace
    reply_to = message.reply_to or workspace.email
    mail = EmailMultiAlternatives(
        message.subject,
        password_links.fill(message.text, message.to),
        from_email=_sender(workspace),
        to=[message.to],
        reply_to=[reply_to] if reply_to else None,
        headers={"Message-ID": f"<{workspace.slug}.{message.pk}@laseros>"},
    )
    if message.html:
        mail.attach_alternative(password_links.fill(message.html, message.to), "text/html")
    for attachment in message.attachments:
        with default_storage.open(attachment["path"]) as handle:
            mail.attach(attachment["name"], handle.read(), attachment["type"])
    return mail


def _sender(workspace) -> str:
    """The business by its name, at the address of the installation: that one may send, theirs is the reply-to."""
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((" ".join(workspace.name.split()), address))


def _try_later(message: OutgoingMail, error: Exception) -> None:
    pause = timedelta(seconds=min(FIRST_PAUSE * 2 ** (message.tries - 1), LONGEST_PAUSE))
    if timezone.now() + pause > message.until:
        _give_up(message, error)
        return
    log.warning("message %s was not sent (try %s): %s", message.pk, message.tries, _said(error))
    move = "wait_refused" if message.handed_at else "wait"
    LIFE.try_move(message, move, error=_said(error), due_at=timezone.now() + pause, handed_at=None)


def _give_up(message: OutgoingMail, error: Exception) -> None:
    with transaction.atomic(), scope(workspace=message.workspace):
        if LIFE.try_move(message, "fail_refused" if message.handed_at else "fail", error=_said(error)):
            activity.record("gave up", message, details={"why": _said(error)[:300]})


def _is_lost(message: OutgoingMail) -> bool:
    """Taken by a worker that is no more: nothing holds it that long."""
    return message.due_at < timezone.now() - LOST_AFTER


def _find_lost() -> None:
    """Messages handed over so long ago that whoever did it cannot be waiting for the answer any more."""
    with scopes_disabled():
        rows = OutgoingMail.objects.filter(state="handing", handed_at__lt=timezone.now() - LOST_AFTER)
        lost = list(rows.select_related("workspace")[:AT_ONCE])
    for message in lost:
        with scope(workspace=message.workspace), translation.override(message.workspace.language):
            words = gettext("The worker ended while it was handing this over. Ask whether it has arrived.")
            LIFE.try_move(message, "lose", error=words)


def _said(error: Exception) -> str:
    text = str(error)
    return (text if isinstance(error, Unsure | Hopeless) else f"{type(error).__name__}: {text}")[:2000]
