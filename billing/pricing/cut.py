"""The price of parts cut from sheet."""

from decimal import Decimal, localcontext

from .inputs import Charge, CutParameters, CutPart, Rates, SheetMaterial
from .line import HOUR, Cost, Piece, machine_work, price_line
from .numbers import EXACT, number
from .sheet_share import GAP_MM, MARGIN_MM, Grid, fits, grid_of
from .steps import Priced, facts

NOT_BOUGHT = {"", "air", "none"}
BY_SHARE = Charge()


def price_cut(
    part: CutPart,
    quantity: int,
    material: SheetMaterial,
    parameters: CutParameters,
    rates: Rates,
    discount_percent=0,
    quantity_breaks=(),
    *,
    charge: Charge = BY_SHARE,
    extras=(),
    gap_mm=GAP_MM,
    margin_mm=MARGIN_MM,
) -> Priced:
    """Price `quantity` equal parts. `quantity_breaks` are pairs (from this many pieces, percent off).

    `extras` are `Extra` operations.
    """
    with localcontext(EXACT):
        gap, margin = max(number("gap_mm", gap_mm), parameters.kerf_mm), number("margin_mm", margin_mm)
        grid = grid_of(part.width_mm, part.height_mm, material.sheet_width_mm, material.sheet_height_mm, gap, margin)
        seconds, time = _seconds(part, parameters)
        piece = Piece(
            material=_Sheets(part, material, charge, grid, gap, margin),
            work=(machine_work("cutting", seconds, rates), _gas(seconds, parameters, rates)),
            seconds=seconds,
            load_s=parameters.load_s,
            mass_kg=part.net_area_mm2 * material.thickness_mm * material.density_kg_m3 / 10**9,
            extras=tuple(extras),
            assumptions=(
                *_laid_out(part, material, charge, grid, gap, margin),
                time,
                _table_row(parameters),
                *_not_priced(part, extras),
            ),
        )
    return price_line(piece, quantity, rates, discount_percent, quantity_breaks)


class _Sheets:
    """What the material of one piece costs when `quantity` are ordered, by the mode of the charge."""

    def __init__(self, part, material, charge: Charge, grid: Grid, gap, margin):
        self.part, self.material, self.charge, self.grid = part, material, charge, grid
        self.gap, self.margin = gap, margin

    def __call__(self, quantity: int) -> Cost:
        return getattr(self, f"_by_{self.charge.mode}")(quantity)

    def _by_share(self, quantity: int) -> Cost:
        price, share = self.material.sheet_price, self.charge.nested_share
        if share is not None:
            return Cost("material", price * share, facts("nested", part=share, price=price), share)
        pieces = Decimal(self.grid.pieces)
        # Divided once: correctly rounded, so that a price of all its money scales.
        return Cost("material", price / pieces, facts("share", part=1 / pieces, price=price), 1 / pieces)

    def _by_net(self, quantity: int) -> Cost:
        area = self.part.net_area_mm2 / (self.material.sheet_width_mm * self.material.sheet_height_mm)
        price = self.material.sheet_price
        return Cost("material", price * area, facts("net", part=area, price=price), 1 / Decimal(self.grid.pieces))

    def _by_bounds(self, quantity: int) -> Cost:
        full, rest = divmod(quantity, self.grid.pieces)
        sheets = full + self._strip(rest)
        price = self.material.sheet_price
        how = facts("bounds", sheets=sheets, price=price, quantity=quantity)
        return Cost("material", price * sheets / quantity, how, sheets / quantity)

    def _by_sheet(self, quantity: int) -> Cost:
        full, rest = divmod(quantity, self.grid.pieces)
        sheets, price = full + (rest > 0), self.material.sheet_price
        left = 1 - self._strip(rest) if rest else Decimal(0)
        credit = price * left * self.charge.credit_percent / 100
        how = facts("sheet", sheets=sheets, price=price, quantity=quantity)
        if credit:
            percent = self.charge.credit_percent
            how = facts("sheet_credit", sheets=sheets, price=price, quantity=quantity, percent=percent, left=left * 100)
        each = (price * sheets - credit) / quantity
        return Cost("material", each, how, Decimal(sheets) / quantity, wasted=False)

    def _strip(self, pieces: int) -> Decimal:
        return self.grid.strip(pieces, self.material.sheet_width_mm, self.gap, self.margin)


def _laid_out(part, material, charge: Charge, grid: Grid, gap, margin):
    sheet = {"width": material.sheet_width_mm, "height": material.sheet_height_mm}
    if charge.mode == "share" and charge.nested_share is not None:
        yield facts("nest", material=material.name, part=charge.nested_share, **sheet)
        return
    filled = part.gross_area_mm2 * 100 / (part.width_mm * part.height_mm)
    yield facts(
        "grid", material=material.name, pieces=grid.pieces, columns=grid.columns, rows=grid.rows, gap=gap,
        margin=margin, filled=filled, **sheet,
    )  # fmt: skip
    yield facts(f"charged_{charge.mode}")
    room = (material.sheet_width_mm - 2 * margin, material.sheet_height_mm - 2 * margin)
    if not fits(part.width_mm, part.height_mm, *room):
        yield facts("no_margin")


def _seconds(part: CutPart, parameters: CutParameters) -> tuple[Decimal, dict]:
    simple = part.cut_length_mm * 60 / parameters.feed_mm_min + part.pierces * parameters.pierce_s
    if part.cut_seconds is not None:
        return part.cut_seconds, facts("time_modelled", seconds=part.cut_seconds, simple=simple)
    length, feed, pierce = part.cut_length_mm, parameters.feed_mm_min, parameters.pierce_s
    return simple, facts("time_simple", length=length, feed=feed, pierces=part.pierces, pierce=pierce)


def _gas(seconds: Decimal, parameters: CutParameters, rates: Rates) -> Cost:
    """Choked flow through the nozzle: 0.5 × d² × (gauge pressure + 1), in m³/h at normal conditions, d in mm and bar.

    Orifice physics with a discharge coefficient of 0.88. Calculators on the web are wrong by factors of 50 to 1000.
    """
    if parameters.gas.strip().lower() in NOT_BOUGHT:
        return Cost("gas", Decimal(0), facts("air"))
    flow = parameters.nozzle_mm**2 * (parameters.gas_pressure_bar + 1) / 2
    how = facts("gas", gas=parameters.gas, flow=flow, seconds=seconds, price=rates.gas_price_m3)
    return Cost("gas", flow * seconds / HOUR * rates.gas_price_m3, how)


def _table_row(parameters: CutParameters) -> dict:
    return facts(
        "parameters", version=parameters.version, feed=parameters.feed_mm_min, gas=parameters.gas,
        pressure=parameters.gas_pressure_bar, nozzle=parameters.nozzle_mm,
    )  # fmt: skip


def _not_priced(part: CutPart, extras):
    if part.bend_count and not any(extra.unit == "bend" for extra in extras):
        yield facts("bends", count=part.bend_count)
