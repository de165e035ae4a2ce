"""A quantity with its unit: one sheet is no "1 sheets", in both languages and with either mark between places."""

from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils.translation import override

from inventory.models import Item

WORDS = [
    ("en", "sheet", "1.000", "1 sheet"),
    ("en", "sheet", "2", "2 sheets"),
    ("en", "sheet", "0", "0 sheets"),
    ("en", "sheet", "0.5", "0.5 sheets"),
    ("en", "sheet", "-1", "-1 sheet"),
    ("en", "bottle", "1", "1 bottle"),
    ("en", "bottle", "3", "3 bottles"),
    ("en", "pcs", "1", "1 pc"),
    ("en", "pcs", "1250", "1,250 pcs"),
    ("en", "kg", "1", "1 kg"),
    ("de", "sheet", "1", "1 Tafel"),
    ("de", "sheet", "1.5", "1,5 Tafeln"),
    ("de", "bottle", "1", "1 Flasche"),
    ("de", "bottle", "2", "2 Flaschen"),
    ("de", "pcs", "1", "1 Stk."),
]


@pytest.mark.parametrize(("language", "unit", "quantity", "said"), WORDS)
def test_a_quantity_and_its_unit(language, unit, quantity, said):
    item = Item(unit=unit)
    with override(language):
        assert item.amount(Decimal(quantity)) == said
        page = Template("{{ quantity|amount:item }}").render(Context({"quantity": Decimal(quantity), "item": item}))
    assert page == said


def test_nothing_is_said_of_what_is_not_known():
    assert Template("{{ quantity|amount:item }}").render(Context({"quantity": None, "item": Item(unit="sheet")})) == ""
