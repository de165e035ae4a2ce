"""The price of 3D prints: grams of filament and hours on the printer."""

from decimal import Decimal, localcontext

from .inputs import PrintPart, Rates
from .line import Cost, Piece, machine_work, price_line
from .numbers import EXACT
from .steps import Priced, facts


def price_print(
    part: PrintPart, quantity: int, rates: Rates, discount_percent=0, quantity_breaks=(), *, extras=()
) -> Priced:
    """Price `quantity` equal prints; same steps as cutting, with "printing" for the machine and no gas."""
    with localcontext(EXACT):
        filament = " ".join(word for word in (part.colour, part.material) if word)
        how = facts("filament", grams=part.grams, filament=filament, price=part.filament_price_kg)
        material = Cost("material", part.grams * part.filament_price_kg / 1000, how)
        piece = Piece(
            material=lambda quantity: material,
            work=(machine_work("printing", part.seconds, rates),),
            seconds=part.seconds,
            load_s=Decimal(0),
            mass_kg=part.grams / 1000,
            extras=tuple(extras),
            assumptions=(facts("slicer"),),
        )
    return price_line(piece, quantity, rates, discount_percent, quantity_breaks)
