"""Prices worked out by hand, equal to the cent."""

from decimal import Decimal

from billing.pricing import CutParameters, CutPart, PrintPart, SheetMaterial, price_cut, price_print

from .shops import BRACKET, NITROGEN, STEEL, rates


def totals(priced) -> dict[str, str]:
    return {step.key: str(step.total) for step in priced.steps}


def test_ten_brackets_with_a_discount():
    # sheet    2480 × 1230 inside the margins. Upright: 2485/205 = 12, 1235/105 = 11, 132 pieces.
    #          Turned: 2485/105 = 23, 1235/205 = 6, 138 pieces. 1850 / 138                       = 13.405797
    # time     1000 / 3000 × 60 + 3 × 0.5 = 21.5 s; cutting 21.5 × 900 / 3600                    =  5.375
    # gas      0.5 × 2² × (15 + 1) = 32 m³/h; × 21.5 / 3600 = 0.191111 m³; × 9                   =  1.72
    # energy   12 kW × 21.5 / 3600 h × 2.00                                                      =  0.143333
    # setup    15 / 60 × 240 = 60.00 for the line                                                =  6.00
    # handling 30 / 3600 × 240                                                                   =  2.00
    # waste    4 % of 13.405797                                                                  =  0.536232
    # cost                                                                                       = 29.180362
    # margin   29.180362 / 0.7 = 41.686232                                                       = 12.505870
    # discount 5 % of 41.686232                                                                  = -2.084312
    # unit     39.601920, rounded 39.60; total 396.00
    priced = price_cut(BRACKET, 10, STEEL, NITROGEN, rates(), discount_percent=Decimal(5))
    assert (str(priced.unit_price), str(priced.total)) == ("39.60", "396.00")
    assert totals(priced) == {
        "material": "134.06",
        "cutting": "53.75",
        "gas": "17.20",
        "energy": "1.43",
        "setup": "60.00",
        "handling": "20.00",
        "waste": "5.36",
        "margin": "125.06",
        "discount": "-20.84",
        "minimum": "0.00",
        "rounding": "-0.02",  # the eight above come to 396.02
    }
    assert str(priced.cost_total) == "291.80"
    assert str(priced.margin_percent) == "26.31"  # (396.00 - 291.80) / 396.00
    assert str(priced.seconds_each) == "21.500"
    assert str(priced.mass_kg_each) == "0.423900"  # 18 000 mm² × 3 mm × 7850 kg/m³
    assert str(priced.sheets_per_piece) == "0.0072463768"
    assert {step.key: step.how for step in priced.steps} == {
        "material": {"key": "share", "part": "0.0072463768", "price": "1850"},
        "cutting": {"key": "by_hour", "seconds": "21.5", "rate": "900"},
        "gas": {"key": "gas", "gas": "N2", "flow": "32", "seconds": "21.5", "price": "9"},
        "energy": {"key": "energy", "power": "12", "hours": "0.0059722222", "price": "2"},
        "setup": {"key": "setup", "minutes": "15", "rate": "240"},
        "handling": {"key": "by_hour", "seconds": "30", "rate": "240"},
        "waste": {"key": "waste", "percent": "4", "price": "13.4057971014"},
        "margin": {"key": "margin", "percent": "30", "cost": "29.1803623188"},
        "discount": {"key": "discount", "percent": "5", "price": "41.6862318841"},
        "minimum": {"key": "no_minimum"},
        "rounding": {"key": "rounding", "price": "39.6", "quantity": "10"},
    }


def test_three_washers_below_the_minimum_charge():
    # sheet    2485/25 = 99, 1235/25 = 49, 4851 pieces; 970.20 / 4851        = 0.20
    # cutting  4 s as modelled × 900 / 3600                                  = 1.00
    # setup    5 min × 240 / 60 = 20.00 for the line                         = 6.666667
    # handling 15 s × 240 / 3600                                             = 1.00
    # cost     8.866667, for the line 26.60; margin 50 %: 53.20 for the line
    # minimum  100.00 - 53.20 = 46.80; 100 / 3 = 33.333…, up to 33.34; × 3 = 100.02
    shop = rates(
        setup_minutes=5,
        handling_seconds=15,
        margin_percent=50,
        minimum_line=100,
        waste_percent=0,
        machine_kw=0,
    )
    sheet = SheetMaterial("Mild steel 1 mm", 7850, 1, 2500, 1250, Decimal("970.20"))
    table = CutParameters(30_000, 0.2, "air", 10, 1.5, 0.1, 10_000, 100_000, "2026-01")
    washer = CutPart(20, 20, 235.6, 314.2, 94.2, pierces=2, cut_seconds=4.0)
    priced = price_cut(washer, 3, sheet, table, shop)
    assert (str(priced.unit_price), str(priced.total)) == ("33.34", "100.02")
    assert totals(priced) == {
        "material": "0.60",
        "cutting": "3.00",
        "gas": "0.00",
        "energy": "0.00",
        "setup": "20.00",
        "handling": "3.00",
        "waste": "0.00",
        "margin": "26.60",
        "discount": "0.00",
        "minimum": "46.80",
        "rounding": "0.02",
    }
    assert priced.step("minimum").how == {"key": "minimum", "price": "100", "net": "53.2"}


def test_four_prints_from_a_quantity_break():
    # filament 42.5 g × 480 / 1000          = 20.40
    # printing 3 h × 25                     = 75.00
    # energy   0.15 kW × 3 h × 2            =  0.90
    # setup    10 min × 180 / 60 = 30.00    =  7.50
    # handling 60 s × 180 / 3600            =  3.00
    # waste    5 % of 20.40                 =  1.02
    # cost     107.82; 40 %: / 0.6 = 179.70, margin 71.88
    # discount 10 % from 4 pieces: -17.97, unit 161.73, total 646.92
    shop = rates(
        machine_hour=25,
        labour_hour=180,
        setup_minutes=10,
        handling_seconds=60,
        margin_percent=40,
        waste_percent=5,
        machine_kw="0.15",
        minimum_line=100,
    )
    bust = PrintPart(42.5, 10_800, Decimal(480), colour="red", material="PLA")
    priced = price_print(bust, 4, shop, quantity_breaks=((1, 0), (4, 10), (20, 15)))
    assert (str(priced.unit_price), str(priced.total)) == ("161.73", "646.92")
    assert totals(priced) == {
        "material": "81.60",
        "printing": "300.00",
        "energy": "3.60",
        "setup": "30.00",
        "handling": "12.00",
        "waste": "4.08",
        "margin": "287.52",
        "discount": "-71.88",
        "minimum": "0.00",
        "rounding": "0.00",
    }
    assert priced.step("material").how == {
        "key": "filament", "grams": "42.5", "filament": "red PLA", "price": "480",
    }  # fmt: skip
    assert priced.step("discount").how == {"key": "break", "off": "10", "pieces": "4", "price": "179.7"}
    (offer,) = priced.offers
    assert (offer["quantity"], offer["unit_price"]) == ("20", "144.25")  # 101.82 / 0.6 = 169.70, less 15 %
    assert offer["seconds_each"] == "10800.000"
    assert (str(priced.mass_kg_each), str(priced.seconds_each), priced.sheets_per_piece) == ("0.042500", "10800.000", 0)
