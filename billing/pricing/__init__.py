"""From measured geometry and the shop's rates to a price of which every part is visible. Imports no Django.

Lengths in mm, areas in mm², time in seconds, mass in kg. Money is `Decimal`; geometry may come as float and is turned
into `Decimal` once, when its record is made. All formulas work per piece first, with operations that are correctly
rounded and therefore monotone: that is why a larger quantity can never have a higher unit price.
"""

from .cut import price_cut
from .errors import PricingError, TooBig
from .inputs import MODES, Charge, CutParameters, CutPart, Extra, PrintPart, Rates, SheetMaterial
from .printing import price_print
from .sheet_share import pieces_per_sheet
from .steps import KEYS, Priced, Step

__all__ = [
    "KEYS",
    "MODES",
    "Charge",
    "CutParameters",
    "CutPart",
    "Extra",
    "Priced",
    "PricingError",
    "PrintPart",
    "Rates",
    "SheetMaterial",
    "Step",
    "TooBig",
    "pieces_per_sheet",
    "price_cut",
    "price_print",
]
