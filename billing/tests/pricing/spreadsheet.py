"""Writes `forty_parts.xlsx`: prices of forty parts by the formulas of a spreadsheet, for a person to follow.

    python -m billing.tests.pricing.spreadsheet raw.xlsx
    ssconvert --recalc raw.xlsx billing/tests/pricing/forty_parts.xlsx

The values in the file are what Gnumeric made of the formulas; nothing of this program has worked them out. One row is
one part: what is given stands on white, what is worked out on grey.
"""

import random
import sys

GIVEN = (
    "width_mm", "height_mm", "net_mm2", "length_mm", "pierces", "cut_s", "quantity", "mode", "nested_share",
    "sheet_w", "sheet_h", "thickness", "density", "sheet_price", "feed", "pierce_s", "gas", "bar", "nozzle", "kerf",
    "load_s", "machine_h", "labour_h", "setup_min", "handling_s", "waste_pct", "kwh_price", "kw", "gas_price",
    "credit_pct", "extra_count", "extra_rate", "extra_setup", "percent", "markup", "client_pct", "break_from",
    "break_pct", "minimum", "round_to", "round_up",
)  # fmt: skip
GAP, MARGIN = 5, 10

# Column → formula; {name} is the cell of that column in the same row.
WORKED_OUT = {
    "gap": f"=MAX({GAP},{{kerf}})",
    "seconds": '=IF({cut_s}="",{length_mm}*60/{feed}+{pierces}*{pierce_s},{cut_s})',
    "up_cols": f"=INT(({{sheet_w}}-{2 * MARGIN}+{{gap}})/({{width_mm}}+{{gap}}))",
    "up_rows": f"=INT(({{sheet_h}}-{2 * MARGIN}+{{gap}})/({{height_mm}}+{{gap}}))",
    "turned_cols": f"=INT(({{sheet_w}}-{2 * MARGIN}+{{gap}})/({{height_mm}}+{{gap}}))",
    "turned_rows": f"=INT(({{sheet_h}}-{2 * MARGIN}+{{gap}})/({{width_mm}}+{{gap}}))",
    "turned": "=IF({turned_cols}*{turned_rows}>{up_cols}*{up_rows},1,0)",
    "cols": "=IF({turned}=1,{turned_cols},{up_cols})",
    "rows": "=IF({turned}=1,{turned_rows},{up_rows})",
    "side": "=IF({turned}=1,{height_mm},{width_mm})",
    "per_sheet": "={cols}*{rows}",
    "full": "=INT({quantity}/{per_sheet})",
    "rest": "={quantity}-{full}*{per_sheet}",
    "rest_cols": "=ROUNDUP({rest}/{rows},0)",
    "strip": (
        f"=IF({{rest_cols}}=0,0,IF({{rest_cols}}={{cols}},1,({MARGIN}+{{rest_cols}}*({{side}}+{{gap}}))/{{sheet_w}}))"
    ),
    "sheets_each": (
        '=IF({mode}="share",IF({nested_share}="",1/{per_sheet},{nested_share}),IF({mode}="net",1/{per_sheet},'
        'IF({mode}="bounds",({full}+{strip})/{quantity},({full}+IF({rest}>0,1,0))/{quantity})))'
    ),
    "material": (
        '=IF({mode}="net",{sheet_price}*{net_mm2}/({sheet_w}*{sheet_h}),{sheet_price}*{sheets_each}'
        '-IF(AND({mode}="sheet",{rest}>0),{sheet_price}*(1-{strip})*{credit_pct}/100/{quantity},0))'
    ),
    "cutting": "={seconds}*{machine_h}/3600",
    "gas_cost": '=IF({gas}="air",0,0.5*{nozzle}^2*({bar}+1)*{seconds}/3600*{gas_price})',
    "loading": "={load_s}*{sheets_each}*{machine_h}/3600",
    "energy": "={kw}*{seconds}/3600*{kwh_price}",
    "setup": "={setup_min}*{labour_h}/60/{quantity}",
    "handling": "={handling_s}*{labour_h}/3600",
    "waste": '=IF({mode}="sheet",0,{material}*{waste_pct}/100)',
    "extra": "={extra_count}*{extra_rate}+{extra_setup}/{quantity}",
    "cost": "={material}+{cutting}+{gas_cost}+{loading}+{energy}+{setup}+{handling}+{waste}+{extra}",
    "price": "=IF({markup}=1,{cost}*(100+{percent})/100,{cost}*100/(100-{percent}))",
    "discounted": "={price}*(100-IF({quantity}>={break_from},{break_pct},0))*(100-{client_pct})/10000",
    "step": "=MAX(0.01,{round_to})",
    "rounded": (
        "=IF({round_up}=1,ROUNDUP(ROUND({discounted}/{step},9),0),ROUND(ROUND({discounted}/{step},9),0))*{step}"
    ),
    "least": "=ROUNDUP(ROUND({minimum}/{quantity}/{step},9),0)*{step}",
    "unit_price": "=ROUND(MAX({rounded},{least}),2)",
    "total": "=ROUND({unit_price}*{quantity},2)",
}


def given(seed: int = 3) -> list[dict]:
    """Forty parts as a shop has them: sizes, sheets, gases, modes and rules mixed, the same each time."""
    chance = random.Random(seed)
    return [_part(chance, number) for number in range(40)]


def _part(chance: random.Random, number: int) -> dict:
    width, height = round(chance.uniform(15, 900), 1), round(chance.uniform(15, 600), 1)
    gas, bar, nozzle = chance.choice((("N2", 14, 2), ("O2", 0.8, 1.2), ("air", 10, 1.5)))
    mode = ("share", "sheet", "bounds", "net")[number % 4]
    return dict(  # noqa: C408 reads like the table's head
        width_mm=width, height_mm=height, net_mm2=round(width * height * chance.uniform(0.4, 0.98), 1),
        length_mm=round((width + height) * chance.uniform(2, 5), 1), pierces=chance.randint(1, 60),
        cut_s=round(chance.uniform(3, 300), 2) if chance.random() < 0.7 else None,
        quantity=chance.choice((1, 2, 3, 7, 12, 25, 60, 144, 500)), mode=mode,
        nested_share=round(chance.uniform(0.002, 0.3), 6) if mode == "share" and chance.random() < 0.4 else None,
        sheet_w=2450, sheet_h=1225, thickness=chance.choice((1, 1.5, 2, 3, 6)), density=7850,
        sheet_price=round(chance.uniform(900, 7000), 2), feed=chance.choice((2600, 3900, 7300, 19000)),
        pierce_s=chance.choice((0.2, 0.5, 1.5)), gas=gas, bar=bar, nozzle=nozzle, kerf=0.2,
        load_s=chance.choice((0, 60, 90)), machine_h=chance.choice((850, 950)), labour_h=320,
        setup_min=chance.choice((0, 5, 12)), handling_s=chance.choice((5, 25)), waste_pct=chance.choice((0, 6)),
        kwh_price=2.85, kw=18, gas_price=9.5, credit_pct=chance.choice((0, 40, 100)),
        extra_count=chance.choice((0, 0, 2, 4)), extra_rate=3.5, extra_setup=chance.choice((0, 60)),
        percent=chance.choice((20, 32, 45)), markup=chance.choice((0, 1)), client_pct=chance.choice((0, 3, 7.5)),
        break_from=chance.choice((10, 100)), break_pct=chance.choice((0, 5, 12)), minimum=chance.choice((0, 150)),
        round_to=chance.choice((0, 0, 0.05, 0.5, 1)), round_up=chance.choice((0, 1)),
    )  # fmt: skip


def write(path: str) -> None:
    from openpyxl import Workbook
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    sheet.title = "Parts"
    columns = [*GIVEN, *WORKED_OUT]
    letter = {name: get_column_letter(index) for index, name in enumerate(columns, start=1)}
    sheet.append([name.replace("_", " ") for name in columns])
    for number, part in enumerate(given(), start=2):
        cells = {name: f"{column}{number}" for name, column in letter.items()}
        formulas = [formula.format(**cells) for formula in WORKED_OUT.values()]
        sheet.append([part[name] for name in GIVEN] + formulas)
    grey = PatternFill("solid", fgColor="EEEEEE")
    for row in sheet.iter_rows():
        for cell in row[len(GIVEN) :]:
            cell.fill = grey
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    book.save(path)


if __name__ == "__main__":
    write(sys.argv[1])
