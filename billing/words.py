"""How a price came about, in the reader's language: `billing.pricing` knows no Django and keeps facts.

A fact is `{"key": …, name: value, …}`; its key has a sentence here, and the name of a value says how it is written.
Refusals are English sentences, recognised by their templates.
"""

from decimal import Decimal, InvalidOperation

from babel.numbers import get_currency_precision
from django.utils.text import capfirst
from django.utils.translation import gettext, npgettext, pgettext
from django.utils.translation import gettext_noop as _

from laseros.core.sentences import Sentences
from laseros.core.templatetags.laseros import number
from production import words

STEPS = {
    "material": _("Material"),
    "cutting": _("Cutting"),
    "printing": _("Printing"),
    "gas": _("Cutting gas"),
    "loading": _("Loading sheets"),
    "energy": _("Energy"),
    "setup": _("Setup"),
    "handling": _("Handling"),
    "waste": _("Waste"),
    "operation": _("Extra operation"),
    "margin": _("Margin"),
    "discount": _("Discount"),
    "minimum": _("Minimum charge"),
    "tax": _("Tax included"),
    "rounding": _("Rounding"),
}
HOW = {
    # --- each part of the price ---
    "share": _("%(part)s sheet × %(price)s"),
    "nested": _("%(part)s sheet, as nested, × %(price)s"),
    "net": _("%(part)s sheet, the part's own area, × %(price)s"),
    "bounds": _("%(sheets)s sheets, cut off straight, × %(price)s ÷ %(quantity)s"),
    "sheet": _("%(sheets)s whole sheets × %(price)s ÷ %(quantity)s"),
    "sheet_credit": _("(%(sheets)s whole sheets × %(price)s − %(percent)s %% of the %(left)s %% of a sheet that is"
                      " left) ÷ %(quantity)s"),
    "by_hour": _("%(seconds)s s × %(rate)s per hour"),
    "gas": _("%(gas)s: %(flow)s m³/h × %(seconds)s s × %(price)s per m³"),
    "air": _("compressed air, no gas bought"),
    "loading": _("%(seconds)s s a sheet × %(part)s sheet × %(rate)s per hour"),
    "filament": _("%(grams)s g %(filament)s × %(price)s per kg"),
    "energy": _("%(power)s kW × %(hours)s h × %(price)s per kWh"),
    "setup": _("%(minutes)s min × %(rate)s per hour, once for the line"),
    "waste": _("%(percent)s %% of material %(price)s"),
    "extra": _("%(count)s %(unit)s × %(price)s"),
    "extra_setup": _("%(count)s %(unit)s × %(price)s, and %(cost)s once for the line"),
    "margin": _("%(percent)s %% of the price: %(cost)s ÷ %(kept)s − %(cost)s"),
    "markup": _("%(percent)s %% on %(cost)s"),
    "break_discount": _("%(off)s %% from %(pieces)s pieces, then %(percent)s %% off %(price)s"),
    "break": _("%(off)s %% from %(pieces)s pieces off %(price)s"),
    "discount": _("%(percent)s %% off %(price)s"),
    "no_discount": _("no discount"),
    "minimum_reached": _("minimum charge of %(price)s for the line is reached"),
    "minimum": _("minimum charge of %(price)s for the line − %(net)s"),
    "no_minimum": _("no minimum charge"),
    "tax": _("%(percent)s %% on %(price)s"),
    "rounding": _("unit price rounded to %(price)s, then × %(quantity)s"),
    # --- what was assumed ---
    "grid": _("%(material)s: %(pieces)s pieces (%(columns)s × %(rows)s) on a sheet of %(width)s × %(height)s mm, as"
              " rectangles %(gap)s mm apart and %(margin)s mm from the edge. The outline fills %(filled)s %% of its"
              " rectangle."),
    "nest": _("%(material)s: %(part)s of a sheet of %(width)s × %(height)s mm for each piece, as the nest for this"
              " enquiry laid them out."),
    "charged_share": _("Each piece pays its share of a full sheet; the rest of the last sheet is not charged."),
    "charged_sheet": _("Whole sheets are charged."),
    "charged_bounds": _("The strip of the sheet that the parts take is charged."),
    "charged_net": _("Only the area of the parts is charged, not what is between them."),
    "no_margin": _("The part fits only without the edge margin: check the clamping."),
    "time_modelled": _("Time from the motion model: %(seconds)s s each. Length ÷ feed + pierces alone would be"
                       " %(simple)s s."),
    "time_simple": _("Time = %(length)s mm ÷ %(feed)s mm/min + %(pierces)s × %(pierce)s s, without acceleration and"
                     " rapids: thin sheet with many holes takes longer."),
    "parameters": _("Cutting table %(version)s: %(feed)s mm/min, %(gas)s at %(pressure)s bar, nozzle %(nozzle)s mm,"
                    " flowing all the time."),
    "slicer": _("Grams and time are per piece, supports and purge included."),
    "next_break": _("%(pieces)s pieces would cost %(price)s in total, less than these %(quantity)s."),
    "over": _("Jobs like this ran %(percent)s %% over their estimate (%(runs)s runs)."),
    "under": _("Jobs like this ran %(percent)s %% under their estimate (%(runs)s runs)."),
}  # fmt: skip
MONEY = {"price", "rate", "cost", "net"}
TEXT = {"material", "gas", "filament", "version", "unit", "key"}
MOST_DIGITS = {"part": 6, "hours": 6, "filled": 0, "left": 0, "seconds": 2, "simple": 2, "sheets": 3}

_pricing = Sentences(
    # --- why there is no price ---
    _("The part is %(width)s × %(height)s mm and does not fit on a sheet of %(sheet_width)s × %(sheet_height)s mm."),
    _("This price is too large to be meant. Check the rates and the units of the drawing."),
    _("The area without holes is smaller than the area with holes taken out."),
    _("The area of the part is larger than the rectangle around it."),
    _("There are two quantity breaks from %(pieces)s pieces."),
    _("The discount from %(more)s pieces is smaller than the one from %(pieces)s."),
    _("currency must be a code of three capital letters, not %(value)s."),
    _("%(what)s must be a Decimal, not %(value)s."),
    _("%(what)s must be a whole number, not %(value)s."),
    _("%(what)s must be a finite number, not %(value)s."),
    _("%(what)s must be a number, not %(value)s."),
    _("%(what)s must not be negative, but is %(value)s."),
    _("%(what)s must be more than zero."),
    _("%(what)s must be at most %(most)s, but is %(value)s."),
    _("%(what)s must be from %(least)s to %(most)s, but is %(value)s."),
    # --- which number it is, and the word for a filament nobody named ---
    terms=(
        _("machine hour"), _("labour hour"), _("setup minutes"), _("handling seconds"), _("minimum line"),
        _("waste percent"), _("energy kwh price"), _("machine kw"), _("gas price m3"), _("margin percent"),
        _("density kg m3"), _("sheet width mm"), _("sheet height mm"), _("sheet price"), _("feed mm min"),
        _("pierce s"), _("gas pressure bar"), _("nozzle mm"), _("kerf mm"), _("acceleration mm s2"),
        _("rapid mm min"), _("thickness mm"), _("width mm"), _("height mm"), _("net area mm2"), _("gross area mm2"),
        _("cut length mm"), _("pierces"), _("bend count"), _("cut seconds"), _("grams"), _("seconds"),
        _("filament price kg"), _("filament"), _("discount percent"), _("quantity"), _("quantity break"),
        _("quantity break percent"), _("gap mm"), _("margin mm"),
    ),
)  # fmt: skip


def explained(fact: dict, currency: str) -> str:
    """What a fact says; one that holds a `text` comes from the drawing."""
    if "text" in fact:
        return said(fact["text"])
    if fact["key"] == "bends":
        count = int(fact["count"])
        return npgettext("price", "%(count)s bend is not in this price.", "%(count)s bends are not in this price.",
                         count) % {"count": count}  # fmt: skip
    template = HOW.get(fact["key"])
    if template is None:
        return ""
    values = {name: _value(name, value, currency) for name, value in fact.items()}
    if fact["key"] == "margin":
        values["kept"] = number(1 - Decimal(fact["percent"]) / 100, most=4)
    if fact["key"] in ("extra", "extra_setup"):
        values["unit"] = unit(fact["unit"], fact["count"])
    if not values.get("filament", "-"):
        values["filament"] = gettext("filament")
    return gettext(template) % values


def _value(name: str, value: str, currency: str) -> str:
    if name in TEXT:
        return value
    try:
        exact = Decimal(value)
    except InvalidOperation:
        return value
    if name in MONEY:
        return number(exact, least=get_currency_precision(currency), most=4)
    return number(exact, most=MOST_DIGITS.get(name, 4))


def unit(name: str, count) -> str:
    """What an extra operation is counted in, for so many of it."""
    many = 1 if Decimal(count) == 1 else 2
    return {
        "bend": npgettext("unit", "bend", "bends", many),
        "hole": npgettext("unit", "hole", "holes", many),
        "piece": npgettext("unit", "piece", "pieces", many),
        "m": pgettext("unit", "m"),
        "m2": pgettext("unit", "m²"),
    }.get(name, name)


def step_label(key: str) -> str:
    return capfirst(gettext(STEPS[key])) if key in STEPS else key


def said(sentence) -> str:
    """A refusal of the price, or a sentence of the drawing it was made from."""
    ours = _pricing(sentence)
    return words.said(sentence) if ours == str(sentence) else ours
