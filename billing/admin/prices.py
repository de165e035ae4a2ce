"""A line's price taken apart for reading: its steps, what was assumed, and which versions of the tables were used."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from billing import words
from billing.models import QuoteLine

TIMES = (
    ("cutting_s", _("along the contours")),
    ("pierce_s", _("piercing")),
    ("lead_s", _("lead-ins and lead-outs")),
    ("joints_s", _("micro-joints")),
    ("travel_s", _("from contour to contour")),
)


def explained(line: QuoteLine, stale: list[str] | None = None) -> dict:
    found, currency = line.breakdown, line.quote.currency
    return {
        "line": line,
        "by_hand": "by_hand" in found,
        "calculated": Decimal(found["unit_price"]) if "unit_price" in found else None,
        "list_price": Decimal(found["list_price"]) if "list_price" in found else None,
        "tax_included": line.quote.tax_included,
        "tax_percent": Decimal(found.get("tax_percent", 0)),
        "discount_percent": Decimal(found.get("discount_percent", 0)),
        "steps": [
            {
                "label": step.get("name") or words.step_label(step["key"]),
                "each": Decimal(step["each"]),
                "total": Decimal(step["total"]),
                "how": words.explained(step["how"], currency),
            }
            for step in found.get("steps", ())
            if Decimal(step["total"]) or Decimal(step["each"])
        ],
        "assumptions": [words.explained(row, currency) for row in found.get("assumptions", ())],
        "doubtful": any(row.get("key") == "doubt" for row in found.get("assumptions", ())),
        "margin_percent": Decimal(found["margin_percent"]) if "margin_percent" in found else None,
        "total": Decimal(found["total"]) if "total" in found else None,
        "stale": stale or [],
        "can_be_tried": line.enquiry_line_id is not None,
        "time": _time(found.get("time")),
        "offers": [(int(row["quantity"]), Decimal(row["unit_price"])) for row in found.get("offers", ())],
        "used": _used(found.get("basis", {})),
    }


def _time(time: dict | None) -> dict | None:
    """The motion model's seconds beside the plain formula's; None where nothing was modelled."""
    if not time:
        return None
    simple, modelled = time["simple_s"], time["seconds"]
    return {
        "parts": [(label, time[name]) for name, label in TIMES if time.get(name)],
        "modelled": modelled,
        "simple": simple,
        "more": round((modelled / simple - 1) * 100) if simple else None,
        "contours": time.get("contours", 0),
        "length": time.get("length_mm", 0),
        "travel": time.get("travel_mm", 0),
    }


def _used(basis: dict) -> list[tuple]:
    rows = []
    if "machine" in basis:
        rows.append((_("Machine"), basis["machine"]["name"]))
    if "price_rules" in basis:
        rows.append((_("Price rules"), _("version %(number)s") % {"number": basis["price_rules"]}))
    if "cutting_parameters" in basis:
        rows.append((_("Cutting table"), _("version %(number)s") % {"number": basis["cutting_parameters"]["version"]}))
    if "item" in basis:
        rows.append((_("Material"), basis["item"]["name"]))
    if basis.get("operations"):
        rows.append(
            (_("Extra operations"), ", ".join(f"{row['name']} v{row['version']}" for row in basis["operations"]))
        )
    if "nest" in basis:
        rows.append((_("Nest"), basis["nest"]["name"]))
    if "file" in basis:
        rows.append((_("Drawing"), f"{basis['file']['name']} · {basis['file']['sha256'][:12]}"))
    if "product" in basis:
        number = basis.get("revision")
        revision = " " + str(_("revision %(number)s") % {"number": number}) if number else ""
        rows.append((_("Product"), basis["product"] + revision))
    return rows
