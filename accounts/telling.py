"""The activity log in words: who did what to which record, what changed from what to what, and where it is."""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache, lru_cache

from django.contrib.admin.utils import label_for_field
from django.core.exceptions import FieldDoesNotExist
from django.urls import NoReverseMatch, reverse
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import template_localtime
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django_scopes import get_scope

from accounts.activity import VERBS
from accounts.models import Activity
from laseros.core.locales import locale_of
from laseros.core.money import show
from laseros.core.templatetags.laseros import number

# What verbs write beside the names of fields.
DETAILS = {
    "address": gettext_lazy("address"),
    "amount": gettext_lazy("amount"),
    "balance": gettext_lazy("to be paid"),
    "by": gettext_lazy("by"),
    "carrier": gettext_lazy("carrier"),
    "chosen": gettext_lazy("chosen"),
    "code": gettext_lazy("code"),
    "command": gettext_lazy("command"),
    "copy of": gettext_lazy("copy of"),
    "corrects": gettext_lazy("corrects"),
    "credit": pgettext_lazy("money", "credit"),
    "differences": gettext_lazy("differences"),
    "drawing": gettext_lazy("drawing"),
    "drawings": gettext_lazy("drawings"),
    "due": gettext_lazy("due"),
    "e-mail": gettext_lazy("e-mail"),
    "enquiry": gettext_lazy("enquiry"),
    "for": gettext_lazy("for"),
    "form": gettext_lazy("form"),
    "from": gettext_lazy("from"),
    "good": gettext_lazy("good"),
    "gross g": gettext_lazy("gross g"),
    "into": gettext_lazy("into"),
    "job": gettext_lazy("job"),
    "key": gettext_lazy("key"),
    "known": gettext_lazy("known before"),
    "kind": gettext_lazy("kind"),
    "left g": gettext_lazy("left g"),
    "machine": gettext_lazy("machine"),
    "milestone": gettext_lazy("milestone"),
    "missing": gettext_lazy("missing"),
    "name": gettext_lazy("name"),
    "net": gettext_lazy("net"),
    "new": gettext_lazy("new"),
    "not in the books": gettext_lazy("not in the books"),
    "note": gettext_lazy("note"),
    "number": gettext_lazy("number"),
    "parcels": gettext_lazy("parcels"),
    "parts": gettext_lazy("parts"),
    "payment": gettext_lazy("payment"),
    "place": gettext_lazy("place"),
    "priority": gettext_lazy("priority"),
    "quantities": gettext_lazy("quantities"),
    "quantity": gettext_lazy("quantity"),
    "quote": gettext_lazy("quote"),
    "quoted": gettext_lazy("quoted"),
    "reason": gettext_lazy("reason"),
    "stays open": gettext_lazy("stays open"),
    "received": gettext_lazy("received"),
    "removed": gettext_lazy("taken off"),
    "role": gettext_lazy("role"),
    "rows": gettext_lazy("rows"),
    "scrap": gettext_lazy("scrap"),
    "step": gettext_lazy("step"),
    "started": gettext_lazy("began"),
    "stopped": gettext_lazy("ended"),
    "terms": gettext_lazy("terms"),
    "to": gettext_lazy("to"),
    "total": gettext_lazy("total"),
    "tracking number": gettext_lazy("tracking number"),
    "unit": gettext_lazy("unit"),
    "value": gettext_lazy("value"),
    "until": gettext_lazy("until"),
    "unit cost": gettext_lazy("unit cost"),
    "usual rate": gettext_lazy("usual rate"),
    "valid until": gettext_lazy("valid until"),
    "version": gettext_lazy("version"),
    "what": gettext_lazy("what"),
    "why": gettext_lazy("why"),
}
SILENT = {"key"}  # for machines, not for people

# Values that verbs write as the program knows them, whatever the language.
VALUES = {
    "badge": gettext_lazy("badge"),
    "lines": gettext_lazy("lines"),
    "corrects": gettext_lazy("corrects"),
    "differences": gettext_lazy("differences"),
    "prices": gettext_lazy("prices"),
    "start": gettext_lazy("Start"),
    "pause": gettext_lazy("Pause"),
    "resume": gettext_lazy("Resume"),
    "stop": gettext_lazy("Stop"),
    "forget": gettext_lazy("Forget the simulated work"),
    "opening": gettext_lazy("Opening"),
    "purchase": gettext_lazy("Purchase"),
    "usage": gettext_lazy("Usage"),
    "adjustment": gettext_lazy("Adjustment"),
    "return": gettext_lazy("Return"),
    "waste": pgettext_lazy("stock", "Waste"),
    "count": gettext_lazy("Count"),
}
WORDED = {"command", "kind", "what"}  # the details that may hold one of them


def told(line: Activity, *, sees_money: bool, may_see: Callable | None = None) -> dict:
    """One line of the log, ready to be shown. Fetch `target_type` with it."""
    return {**headline(line, may_see), "changes": facts(line, sees_money=sees_money)}


def headline(line: Activity, may_see: Callable | None = None) -> dict:
    """The same without what changed. It leads only to the kinds of records the reader `may_see`, or to all."""
    model = line.target_type.model_class()
    taken = _taken(line)
    if taken:
        return {"at": line.at, "who": who(line), "verb": str(VERBS[line.verb]), "kind": "", "label": taken, "link": ""}
    return {
        "at": line.at,
        "who": who(line),
        "verb": str(VERBS.get(line.verb, line.verb)),
        "kind": str(model._meta.verbose_name) if model else line.target_type.model,
        "label": line.target_label,
        "link": address_of(line) if may_see is None or may_see(line.target_type) else "",
    }


def _taken(line: Activity) -> str:
    """Which list somebody took away: the business it was kept under is not what left the house."""
    whole = line.verb == "exported" and line.target_type.model == "workspace"
    return str((line.details or {}).get("what", "")) if whole else ""


def who(line: Activity) -> str:
    """The person, and the shop tablet they stood at."""
    return f"{line.actor_name} ({line.station})" if line.station else line.actor_name


def sentence(line: Activity) -> str:
    """The same as one sentence without markup, for exports and screen readers."""
    return _("%(who)s: %(verb)s %(what)s") % {
        "who": who(line),
        "verb": VERBS.get(line.verb, line.verb),
        "what": _taken(line) or line.target_label,
    }


def facts_as_text(line: Activity, *, sees_money: bool) -> str:
    parts = []
    for fact in facts(line, sees_money=sees_money):
        value = f"{fact['old']} → {fact['new']}" if fact["changed"] else fact["new"]
        parts.append(f"{fact['label']}: {value}")
    return "; ".join(parts)


def address_of(line: Activity) -> str:
    """The page of the record a line tells about, or nothing when the back office has none."""
    before, after = _page_of(line.target_type.app_label, line.target_type.model)
    return f"{before}{line.target_id}{after}" if before else ""


@cache
def _page_of(app: str, model: str) -> tuple[str, str]:
    """What stands before and after the key in the address of such a record's page."""
    try:
        before, _key, after = reverse(f"admin:{app}_{model}_change", args=["__pk__"]).partition("__pk__")
    except NoReverseMatch:
        return "", ""
    return before, after


def may_see(reader, kind) -> bool:
    """Whether the pages of this kind of record are open to `reader`."""
    return reader.has_perm(f"{kind.app_label}.view_{kind.model}") or reader.has_perm(
        f"{kind.app_label}.change_{kind.model}"
    )


def facts(line: Activity, *, sees_money: bool) -> list[dict]:
    """What changed, from what to what, as far as the reader may know it."""
    model = line.target_type.model_class()
    known = [(name, value, False) for name, value in line.details.items() if name not in SILENT]
    if sees_money:
        known += [(name, value, True) for name, value in line.money.items()]
    return [_fact(model, *fact) for fact in known]


def _fact(model, name: str, value, is_money: bool) -> dict:
    write = _amount if is_money else _plain
    fact = {"label": _label(model, name, get_language()), "changed": False, "is_money": is_money}
    if name in WORDED and isinstance(value, str) and value in VALUES:
        return fact | {"new": str(VALUES[value])}
    if isinstance(value, list) and len(value) == 2:
        return fact | {"changed": True, "old": write(value[0]), "new": write(value[1])}
    return fact | {"new": write(value)}


@lru_cache(maxsize=2000)
def _label(model, name: str, language: str) -> str:
    if name in DETAILS:
        return str(DETAILS[name])
    try:
        return str(label_for_field(name, model)) if model else name
    except (FieldDoesNotExist, AttributeError):
        return name.replace("_", " ")


def _amount(value) -> str:
    workspace = get_scope().get("workspace")
    try:
        return show(Decimal(str(value)), workspace.currency, locale_of(workspace.language, workspace.country))
    except (ArithmeticError, TypeError, ValueError):
        return _plain(value)


def _plain(value) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_plain(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return ", ".join(_plain(inner) for inner in value)
    text = str(value)
    return number(text) if re.fullmatch(r"-?\d+\.\d+", text) else _date(text)


def _date(text: str) -> str:
    """Dates are stored as ISO text; people read their own order of day and month."""
    try:
        if len(text) == 10 and (day := parse_date(text)):
            return date_format(day, "SHORT_DATE_FORMAT")
        if len(text) > 15 and (moment := parse_datetime(text)):
            return date_format(template_localtime(moment), "SHORT_DATETIME_FORMAT")
    except ValueError:
        pass
    return text
