"""The documented formulas of a price once more, in fractions and plain Python: exact, and with nothing of ours in it.

material   by share: sheet price ÷ pieces of a grid, or × the share of a nest; whole sheets less the credit for what
           is left of the last; the strip that is cut off; the part's own area
cutting    time × machine rate · gas ½ d² (p + 1) m³/h · energy kW × kWh price · loading seconds × share of a sheet
work       setup once for the line, handling for each piece, extra operations by the unit and once for the line
price      cost ÷ (1 − margin) or cost × (1 + markup), less the break of the quantity, less the client's discount,
           rounded, and no line below its minimum
"""

from fractions import Fraction
from math import ceil, floor

GAP, MARGIN = 5, 10


def unit_price(part, quantity, sheet, table, rates, charge, extras, client_percent, breaks, digits) -> Fraction:
    """What one piece costs. Everything comes as `Fraction`, int or text, by the names of `billing.pricing`."""
    columns, rows, side = grid(part, sheet, max(GAP, table["kerf_mm"]))
    per_sheet = columns * rows
    full, rest = divmod(quantity, per_sheet)
    strip = strip_of(rest, columns, rows, side, max(GAP, table["kerf_mm"]), sheet["width"])
    price, mode = sheet["price"], charge["mode"]
    waste = rates["waste_percent"] / 100
    if mode == "share":
        sheets = charge["nested_share"] or Fraction(1, per_sheet)
        material = price * sheets
    elif mode == "net":
        sheets = Fraction(1, per_sheet)
        material = price * part["net_area"] / (sheet["width"] * sheet["height"])
    elif mode == "bounds":
        sheets = (full + strip) / quantity
        material = price * sheets
    else:
        sheets = Fraction(full + (rest > 0), quantity)
        credit = price * (1 - strip) * charge["credit_percent"] / 100 if rest else 0
        material, waste = price * sheets - credit / quantity, 0
    seconds = part["cut_seconds"]
    if seconds is None:
        seconds = part["cut_length"] * 60 / table["feed_mm_min"] + part["pierces"] * table["pierce_s"]
    hours = seconds / 3600
    flow = 0 if table["gas"] == "air" else table["nozzle_mm"] ** 2 * (table["gas_pressure_bar"] + 1) / 2
    cost = (
        material
        + material * waste
        + hours * rates["machine_hour"]
        + flow * hours * rates["gas_price_m3"]
        + table["load_s"] * sheets * rates["machine_hour"] / 3600
        + rates["machine_kw"] * hours * rates["energy_kwh_price"]
        + rates["setup_minutes"] * rates["labour_hour"] / 60 / quantity
        + rates["handling_seconds"] * rates["labour_hour"] / 3600
        + sum(extra["count"] * extra["rate"] + extra["setup"] / quantity for extra in extras)
    )
    percent = rates["margin_percent"]
    net = cost * (100 + percent) / 100 if rates["markup"] else cost * 100 / (100 - percent)
    off = max((row for row in breaks if row[0] <= quantity), default=(0, 0))[1]
    net = net * (100 - off) / 100 * (100 - client_percent) / 100
    step = max(Fraction(1, 10**digits), rates["round_to"])
    steps = ceil(net / step) if rates["round_up"] else floor(net / step + Fraction(1, 2))
    return max(steps, ceil(rates["minimum_line"] / quantity / step)) * step


def grid(part, sheet, gap) -> tuple[int, int, Fraction]:
    """Columns, rows and the width of a column, lying the way that gives more."""
    best = (0, 0, 0)
    for across, along in ((part["width"], part["height"]), (part["height"], part["width"])):
        columns, rows = (
            floor((room - 2 * MARGIN + gap) / (size + gap)) if room - 2 * MARGIN >= size else 0
            for room, size in ((sheet["width"], across), (sheet["height"], along))
        )
        if columns * rows > best[0] * best[1]:
            best = (columns, rows, across)
    return best


def strip_of(rest, columns, rows, side, gap, sheet_width) -> Fraction:
    needed = ceil(Fraction(rest, rows))
    if needed in (0, columns):
        return Fraction(needed > 0)
    return (MARGIN + needed * (side + gap)) / sheet_width
