"""Writing messages, in the transaction of what they tell about: to one address, or to whoever here wants to hear."""

from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import work
from accounts.models import MessageHook, OutgoingMail, User, Workspace
from accounts.models.mail import LIFE
from accounts.outbox import people, sending, wording
from accounts.outbox.hooks import payload
from accounts.outbox.occasions import CLIENT, DAILY, NEVER, NOW, Occasion


def post(
    occasion: Occasion, record, *, key: str, to: str, name: str = "", link: str = "", values: dict | None = None,
    attachments=(), by=None, language: str = "", reader: User | None = None, phone: str = "", reply_to: str = "",
    after: timedelta = timedelta(0),
) -> OutgoingMail | None:  # fmt: skip
    """Write a message to one address, once for each key; None where this business or this person wants none.

    `values` are added to those of the occasion. `attachments` are dicts of path (in the file storage), name and type.
    `after`: not before that much time has passed, so that it can be withdrawn.
    `{password_link}` becomes the addressee's own link when the message leaves; the outbox never holds it.
    """
    workspace = _of(record)
    if occasion.name in workspace.silent_occasions:
        return None
    language = language or workspace.language
    filled = filled_in(workspace, occasion, record, language, name=name, link=link, more=values)
    written = wording.write(workspace, occasion, language, wording.of(workspace, occasion, language), filled)
    if occasion.audience == CLIENT:
        _tell_hooks(occasion, record, key, filled, written, phone, by, after)
    wish = people.wish_of(workspace, reader, occasion) if reader is not None and not occasion.always else people.AT_ONCE
    if not to or wish.how == NEVER:
        return None
    return _store(
        workspace, key, kind=occasion.name, to=to, reader=reader, language=language, subject=written.subject,
        text=written.text, html=written.html, attachments=list(attachments), reply_to=reply_to, wish=wish,
        about=record, by=by, after=after,
    )  # fmt: skip


def tell(
    occasion: Occasion, record, *, key: str, link: str = "", values: dict | None = None, shared: bool = False,
    otherwise: User | None = None, by=None, after: timedelta = timedelta(0),
) -> int:  # fmt: skip
    """Tell whoever works here and wants to hear of it, chat rooms, and with `shared` the address of the business.

    Where there is neither, `otherwise` is told. Whoever did it is not. How many messages were written.
    """
    workspace = _of(record)
    if occasion.name in workspace.silent_occasions:
        return 0
    told = 0
    wishes = people.who_wants(workspace, occasion, but=by)
    addressees = [(wish.user.email, wish.user, wish) for wish in wishes if wish.user.email]
    if shared and workspace.email and all(workspace.email != address for address, _user, _wish in addressees):
        addressees.append((workspace.email, None, people.AT_ONCE))
    if not addressees and otherwise is not None and otherwise.email:
        addressees.append((otherwise.email, otherwise, people.AT_ONCE))
    texts = {}
    for address, user, wish in addressees:
        language = (user.language if user else "") or workspace.language
        name = user.get_short_name() if user else ""
        filled = filled_in(workspace, occasion, record, language, name=name, link=link, more=values)
        source = texts.setdefault(language, wording.of(workspace, occasion, language))
        written = wording.write(workspace, occasion, language, source, filled)
        own = key if user is None else f"{key}:{user.pk}"
        _store(
            workspace, own, kind=occasion.name, to=address, reader=user, language=language, wish=wish, about=record,
            subject=written.subject, text=written.text, html=written.html, by=by, after=after,
        )  # fmt: skip
        told += 1
    filled = filled_in(workspace, occasion, record, workspace.language, link=link, more=values)
    source = wording.of(workspace, occasion, workspace.language)
    written = wording.write(workspace, occasion, workspace.language, source, filled)
    return told + _tell_hooks(occasion, record, key, filled, written, "", by, after)


def filled_in(
    workspace: Workspace, occasion: Occasion, record, language: str, *, name: str = "", link: str = "", more=None
) -> dict[str, str]:
    """A value for every place an occasion knows, in one language."""
    with translation.override(language):
        own = more(language) if callable(more) else (more or {})
        return {
            **dict.fromkeys(occasion.known, ""),
            "business": workspace.name,
            "business_phone": workspace.phone,
            "business_email": workspace.email,
            "greeting": _("Hello %(name)s,") % {"name": name} if name else _("Hello,"),
            "link": link,
            **occasion.values(record),
            **own,
        }


def withdraw(record, kind: str, key: str = "") -> int:
    """What is not sent yet about a record on one occasion stays here: it is no longer true. How many."""
    rows = of(record).filter(kind=kind, state__in=("waiting", "held"))
    if key:
        rows = rows.filter(key__endswith=key)  # a chat room's begins with the room
    return sum(LIFE.try_move(message, "withdraw") for message in rows)


def of(record):
    """The messages about one record, newest first."""
    kind = ContentType.objects.get_for_model(record)
    return OutgoingMail.objects.filter(about_type=kind, about_id=record.pk)


def _of(record) -> Workspace:
    return record if isinstance(record, Workspace) else record.workspace


def _tell_hooks(occasion: Occasion, record, key: str, filled: dict, written, phone: str, by, after=timedelta(0)) -> int:
    workspace = _of(record)
    told = 0
    for hook in MessageHook.objects.filter(workspace=workspace, is_active=True):
        if occasion.name not in hook.occasions:
            continue
        body = payload(hook, {**filled, "subject": written.subject, "text": written.text, "phone": phone})
        if body is not None:
            _store(
                workspace, f"hook{hook.pk}:{key}"[:120], kind=occasion.name, to=phone or hook.name, hook=hook,
                language=workspace.language, subject=written.subject, text=body, about=record, by=by, after=after,
            )  # fmt: skip
            told += 1
    return told


def _store(workspace, key: str, *, about, by, wish=people.AT_ONCE, after=timedelta(0), **fields) -> OutgoingMail:
    now = timezone.now()
    due_at = wish.due(now + after)
    message, created = OutgoingMail.objects.get_or_create(
        workspace=workspace,
        key=key,
        defaults={
            "about_type": ContentType.objects.get_for_model(about),
            "about_id": about.pk,
            "state": "held" if wish.how == DAILY else "waiting",
            "due_at": due_at,
            **fields,
        },
    )
    if created and wish.how == NOW and due_at <= now:
        work.queue(sending.deliver, workspace, message.pk, subject=message, by=by)
    return message
