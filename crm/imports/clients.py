"""Clients from a list: new ones, and those changed whose number, VAT number or e-mail is known."""

from collections import defaultdict

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import activity
from accounts.imports.cells import BadCell
from crm import clients
from crm.duplicates import plain_name, plain_vat
from crm.families import living
from crm.imports.columns import COLUMNS
from crm.models import Address, Client, Contact, Tag

TITLE = gettext_lazy("clients")
MODEL = Client
__all__ = ["COLUMNS", "MODEL", "TITLE", "Known", "check", "keep"]
CONTACT = {"contact": "name", "contact_email": "email", "contact_phone": "phone"}
PLACE = ("street", "postcode", "city", "state", "country")
MONEY = ("discount_percent", "credit_limit")


class Known:
    """What is in the books before the first row, each table asked once."""

    def __init__(self, workspace):
        self.workspace = workspace
        self.by_code: dict[str, Client] = {}
        self.by_vat: dict[str, list[Client]] = defaultdict(list)
        self.by_mail: dict[str, list[Client]] = defaultdict(list)
        self.by_name: dict[str, Client] = {}
        for client in self._clients():
            self.by_code[client.code.casefold()] = living(client)
            if client.merged_into_id is None:
                for sign, found in ((plain_vat(client.vat_number), self.by_vat), (_mail(client.email), self.by_mail)):
                    if sign:
                        found[sign].append(client)
                self.by_name.setdefault(plain_name(client.name), client)
        self.people = {(pk, name.casefold()) for pk, name in Contact.objects.values_list("client", "name")}
        self.places: dict[int, Address] = {}
        for address in Address.objects.filter(kind=Address.Kind.INVOICE).order_by("-pk"):
            self.places[address.client_id] = address
        self.tags = {tag.name.casefold(): tag for tag in Tag.objects.all()}
        self.seen: dict[str, int] = {}

    def _clients(self) -> QuerySet:
        return Client.objects.select_related("merged_into").prefetch_related("tags").order_by("pk")


def _mail(address: str) -> str:
    return address.strip().casefold()


def bad(column: str, reason) -> BadCell:
    found = BadCell(reason)
    found.column = column
    return found


def check(row, known: Known, plan) -> bool:
    values = row.values
    row.target = client = _known_one(row, known)
    row.label = values["name"]
    row.place = {name: values.pop(name) for name in PLACE}
    row.person = {field: values.pop(name) or "" for name, field in CONTACT.items()}
    row.tags = [word.strip() for word in (values.pop("tags") or "").split(",") if word.strip()]
    _check_rest(row)
    _check_tags(row, known, plan)
    values.pop("code")
    row.values = {name: value for name, value in values.items() if value is not None}
    if client is None:
        alike = known.by_name.get(plain_name(row.label))
        row.details = _("has the name of %(client)s") % {"client": alike.code} if alike is not None else ""
        return True
    row.label = f"{client.code} {row.label}"
    changed = [name for name, value in row.values.items() if getattr(client, name) != value]
    if _new_person(row, known):
        changed.append("contact")
    if _new_place(row, known):
        changed.append("street")
    if {word.casefold() for word in row.tags} - {tag.name.casefold() for tag in client.tags.all()}:
        changed.append("tags")
    row.what, row.details = ("changed", ", ".join(changed)) if changed else ("same", "")
    return True


def _known_one(row, known: Known) -> Client | None:
    """Whom a row is about: by number, else VAT number, else e-mail. Raises `BadCell` where that is not one client."""
    values, found = row.values, {}
    if values["code"]:
        found["code"] = known.by_code.get(values["code"].casefold())
        if found["code"] is None:
            words = _("There is no client %(code)s. New ones get their number by themselves: leave it empty.")
            raise bad("code", words % {"code": values["code"]})
    signs = (
        ("vat_number", plain_vat(values["vat_number"] or ""), known.by_vat),
        ("email", _mail(values["email"] or ""), known.by_mail),
    )
    for column, sign, book in signs:
        there = book.get(sign, []) if sign else []
        if found.get("code") is None and not found and len(there) > 1:
            words = _("Several clients have this: %(codes)s.")
            raise bad(column, words % {"codes": ", ".join(client.code for client in there[:5])})
        if len(there) == 1:
            found.setdefault(column, there[0])
    client = next(iter(found.values()), None)
    for column, other in found.items():
        if column == "vat_number" and other.pk != client.pk:
            raise bad(column, _("This belongs to %(client)s.") % {"client": other})
    if client is not None and client.archived_at is not None:
        raise bad("code" if values["code"] else next(iter(found)), _("%(client)s is archived: restore it first.") % {
            "client": client})  # fmt: skip
    _once(row, known, client)
    return client


def _once(row, known: Known, client: Client | None) -> None:
    values = row.values
    if client is not None:
        column, sign, shown = "name", f"client:{client.pk}", client.code
    elif values["vat_number"]:
        column, sign, shown = "vat_number", f"vat:{plain_vat(values['vat_number'])}", values["vat_number"]
    elif values["email"]:
        column, sign, shown = "email", f"mail:{_mail(values['email'])}", values["email"]
    else:
        column, sign, shown = "name", f"name:{plain_name(values['name'])}", values["name"]
    before = known.seen.setdefault(sign, row.line)
    if before != row.line:
        raise bad(column, _("“%(text)s” is in row %(line)s already.") % {"text": shown, "line": before})


def _check_rest(row) -> None:
    percent = row.values["discount_percent"]
    if percent is not None and percent > 100:
        raise bad("discount_percent", _("More than 100 % is no discount."))
    if (row.person["email"] or row.person["phone"]) and not row.person["name"]:
        raise bad("contact", _("A contact needs a name."))
    if any(row.place.values()) and not (row.place["street"] and row.place["city"]):
        raise bad("street" if not row.place["street"] else "city", _("An address needs street and town."))


def _check_tags(row, known: Known, plan) -> None:
    if any(len(word) > 40 for word in row.tags):
        raise bad("tags", _("Longer than %(most)s characters.") % {"most": 40})
    new = [word for word in row.tags if word.casefold() not in known.tags]
    if new and not plan.may("crm.add_tag"):
        raise bad("tags", _("There is no tag “%(tag)s”, and you may not make one.") % {"tag": new[0]})


def _new_person(row, known: Known) -> bool:
    return bool(row.person["name"]) and (row.target.pk, row.person["name"].casefold()) not in known.people


def _new_place(row, known: Known) -> bool:
    there = known.places.get(row.target.pk)
    said = {name: value for name, value in row.place.items() if value is not None}
    return bool(said) and (there is None or any(getattr(there, name) != value for name, value in said.items()))


def keep(row, known: Known, plan, by) -> None:
    client = row.target
    if client is None:
        client = row.target = clients.register(Client(workspace=known.workspace, **row.values), by)
    else:
        _change(client, row.values, by)
    if _new_person(row, known):
        Contact.objects.create(workspace=known.workspace, client=client, **row.person)
        known.people.add((client.pk, row.person["name"].casefold()))
    if _new_place(row, known):
        address = known.places.get(client.pk) or Address(workspace=known.workspace, client=client)
        for name, value in row.place.items():
            setattr(address, name, getattr(address, name) if value is None else value)
        address.save()
        known.places[client.pk] = address
    if row.tags:
        client.tags.add(*[_tag(word, known) for word in row.tags])


def _change(client: Client, values: dict, by) -> None:
    before = {name: getattr(client, name) for name in values}
    changed = activity.changes(before, values)
    if not changed:
        return
    Client._base_manager.filter(pk=client.pk).update(**{name: values[name] for name in changed})
    money = {name: changed.pop(name) for name in MONEY if name in changed}
    activity.record("changed", client, by, details=changed, money=money)


def _tag(word: str, known: Known) -> Tag:
    found = known.tags.get(word.casefold())
    if found is None:
        found = known.tags[word.casefold()] = Tag.objects.create(workspace=known.workspace, name=word)
    return found
