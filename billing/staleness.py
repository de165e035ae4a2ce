"""Which prices of a draft are no longer what the tables say, and why: a price keeps what it was made from, by the
version of each table and the hash of the drawing."""

from decimal import Decimal

from django.utils.translation import gettext as _

from billing.choices import Choices
from billing.costing import Wish, machine_values, made_of
from billing.models import ExtraOperation, PriceRules, Quote, QuoteLine
from billing.price_book import WITH, PriceBook
from inventory.models import Item
from machines.models import Machine
from production.models import CuttingParameter


class Tables:
    """The tables as they stand now, read once for all lines of a quote."""

    def __init__(self, lines: list[QuoteLine]):
        bases = [line.breakdown.get("basis", {}) for line in lines]
        self.rules = PriceRules.objects.values_list("version", flat=True).first()
        self.rows = _by_pk(CuttingParameter, bases, "cutting_parameters")
        self.machines = _by_pk(Machine, bases, "machine")
        self.items = _by_pk(Item, bases, "item")
        wanted = {row["id"] for basis in bases for row in basis.get("operations", ())}
        self.operations = ExtraOperation.objects.in_bulk(wanted) if wanted else {}

        self.book = PriceBook(line.enquiry_line for line in lines if line.enquiry_line is not None)

    def changed(self, line: QuoteLine) -> list[str]:
        """What changed since the line was priced, in words; nothing for prices that were typed."""
        basis = line.breakdown.get("basis", {})
        otherwise = self._made_otherwise(line)
        if "by_hand" in line.breakdown or not basis:
            return otherwise
        checks = (self._rules, self._row, self._machine, self._item, self._operations, self._discount, self._nest)
        return [*otherwise, *(text for check in checks if (text := check(line, basis)))]

    def _made_otherwise(self, line) -> list[str]:
        """What it would be made from now that it was not priced for: said of typed prices too."""
        asked = line.enquiry_line
        if asked is None:
            return []
        now, said = made_of(asked, self.book), []
        if now.product_id and (now.product_id, now.revision) != (line.product_id, line.revision):
            number = now.revision if now.revision is not None else "–"
            said.append(
                _("It is %(product)s, revision %(number)s, now.") % {"product": asked.product, "number": number}
            )
        if now.design_file_id != line.design_file_id:
            file = asked.design_file or (asked.product.design_file if asked.product else None)
            said.append(_("The drawing is another one now: %(name)s.") % {"name": file.name if file else "–"})
        if now.item_id != line.item_id:
            item = asked.item or (asked.product.item if asked.product else None)
            said.append(_("The material is another one now: %(name)s.") % {"name": item or "–"})
        if now.recipe != line.recipe and not said:
            said.append(_("The recipe of %(product)s has changed.") % {"product": asked.product or line.description})
        return said

    def _rules(self, line, basis):
        if "price_rules" in basis and basis["price_rules"] != self.rules:
            return _("The price rules have changed.")
        return ""

    def _row(self, line, basis):
        before = basis.get("cutting_parameters")
        if before is None:
            return ""
        row = self.rows.get(before["id"])
        if row is None or row.version != before["version"] or row.confirmed_at is None:
            return _("The cutting parameters have changed.")
        return ""

    def _machine(self, line, basis):
        before = basis.get("machine", {})
        machine = self.machines.get(before.get("id"))
        if "values" in before and (machine is None or machine_values(machine) != before["values"]):
            return _("%(machine)s costs or moves otherwise now.") % {"machine": before["name"]}
        return ""

    def _item(self, line, basis):
        before = basis.get("item")
        item = self.items.get(before["id"]) if before else None
        if item is not None and item.price != Decimal(before["price"]):
            return _("%(item)s has another price now.") % {"item": item}
        return ""

    def _operations(self, line, basis):
        for before in basis.get("operations", ()):
            row = self.operations.get(before["id"])
            if row is None or row.version != before["version"] or row.archived_at is not None:
                return _("%(operation)s has changed.") % {"operation": before["name"]}
        return ""

    def _discount(self, line, basis):
        if "client_discount" in basis and Decimal(basis["client_discount"]) != line.quote.client.discount_percent:
            return _("The client's discount has changed.")
        return ""

    def _nest(self, line, basis):
        """A nest made, searched again or edited since; the sheets are read only where another one is seen."""
        before, now = basis.get("nest"), self.book.nested.newest(line.enquiry_line_id)
        seen = (before["id"], before["version"]) if before else None
        if line.enquiry_line is None or seen == now or not _by_share(line):
            return ""
        found = self.book.nested.share(Wish(line.enquiry_line, line.quantity, Choices.read(line.choices), self.book))
        if found is None:
            return (
                _("The nest %(nest)s has no place for all pieces any more.") % {"nest": before["name"]}
                if before
                else ""
            )
        if before and (before["id"], before.get("share")) == (found.nest.pk, found.named["share"]):
            return ""
        return _("The nest %(nest)s is newer than the price.") % {"nest": found.nest.number}


def _by_share(line: QuoteLine) -> bool:
    said = {row.get("key") for row in line.breakdown.get("assumptions", ())}
    return "nest" in line.breakdown["basis"] or "charged_share" in said


def _by_pk(model, bases: list[dict], name: str) -> dict:
    wanted = {basis[name]["id"] for basis in bases if name in basis}
    return model.objects.in_bulk(wanted) if wanted else {}


def of(quote: Quote) -> dict[int, list[str]]:
    """{pk of a line: what changed since it was priced} of a draft; what was sent says what it said."""
    if quote.state != "draft":
        return {}
    rows = quote.lines.select_related("quote__client", *(f"enquiry_line__{name}" for name in WITH))
    lines = list(rows)
    tables = Tables(lines)
    return {line.pk: found for line in lines if (found := tables.changed(line))}
