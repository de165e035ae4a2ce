"""Clients that may be one: the same name however it is written, mail, VAT number or phone."""

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import combinations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.models import Client, Contact, NotDuplicate

MOST_ALIKE = 8  # what more have in common is a switchboard or a placeholder, no sign
FIGURES_OF_A_PHONE = 8
# What a name says beside itself: the form of a business.
FORMS = re.compile(
    "ab|ag|as|bv|cc|co|cokg|corp|corporation|eg|ek|ev|gbr|gmbh|inc|incorporated|kg|limited|llc|ltd|mbh|npc|nv|ohg|oy|"
    "plc|pty|sa|sarl|spa|srl|ug|the|und|and"
)
REASONS = {
    "vat": _("VAT number"),
    "mail": _("e-mail"),
    "phone": _("phone"),
    "name": pgettext_lazy("of a client", "name"),
}
WEIGHTS = {"vat": 4, "mail": 3, "name": 3, "phone": 2}


@dataclass
class Pair:
    """Two clients, the older first, and what they have in common."""

    first: Client
    second: Client
    reasons: set[str] = field(default_factory=set)

    @property
    def weight(self) -> int:
        return sum(WEIGHTS[reason] for reason in self.reasons)

    @property
    def said(self) -> list:
        return [label for name, label in REASONS.items() if name in self.reasons]


def plain_name(name: str) -> str:
    """The words of a name in order of the alphabet: "Müller & Söhne GmbH" and "Soehne, Mueller" are alike."""
    text = name.casefold()
    for letters, written in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ø", "oe"), ("å", "aa")):
        text = text.replace(letters, written)
    text = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    text = re.sub(r"(?<=\b\w)\.(?=\w\b)", "", text)  # e.K. is one word
    words = re.findall(r"\w+", text)
    return " ".join(sorted(word for word in words if not FORMS.fullmatch(word)) or sorted(words))


def plain_vat(number: str) -> str:
    return re.sub(r"[\W_]", "", number).upper()


def plain_phone(number: str) -> str:
    """The last figures: with a country's number before them or not. Too few of them say nothing."""
    figures = re.sub(r"\D", "", number)
    return figures[-FIGURES_OF_A_PHONE:] if len(figures) >= FIGURES_OF_A_PHONE else ""


def pairs(of: Client | None = None) -> list[Pair]:
    """Who may be who among the clients in use, the surest first; or only those with `of`. Three queries.

    Without those of whom somebody said that they are two.
    """
    known = {row.pk: row for row in Client.objects.filter(archived_at=None).order_by("pk")}
    shared: dict[tuple[str, str], set[int]] = defaultdict(set)
    for row in known.values():
        for sign in _signs(row.name, row.email, row.phone, row.vat_number):
            shared[sign].add(row.pk)
    contacts = Contact.objects.filter(client__archived_at=None).order_by()
    for pk, email, phone in contacts.values_list("client", "email", "phone"):
        if pk in known:
            for sign in _signs("", email, phone, ""):
                shared[sign].add(pk)
    found: dict[tuple[int, int], Pair] = {}
    for (reason, _value), pks in shared.items():
        if len(pks) > MOST_ALIKE:
            continue
        for one, other in combinations(sorted(pks), 2):
            if of is not None and of.pk not in (one, other):
                continue
            found.setdefault((one, other), Pair(known[one], known[other])).reasons.add(reason)
    for apart in NotDuplicate.objects.order_by().values_list("first", "second"):
        found.pop(apart, None)
    return sorted(found.values(), key=lambda pair: (-pair.weight, pair.first.pk, pair.second.pk))


def _signs(name: str, email: str, phone: str, vat: str) -> list[tuple[str, str]]:
    signs = (
        ("name", plain_name(name)),
        ("mail", email.strip().casefold()),
        ("phone", plain_phone(phone)),
        ("vat", plain_vat(vat)),
    )
    return [(reason, value) for reason, value in signs if value]
