"""Number formats: text with placeholders from a closed list, such as `JB-{yyyy}-{mm}-{client}-{n:3}`.

`{n:4}` is the running number, padded to four digits. Everything else makes up the prefix under which it counts,
so a format with `{yyyy}` starts again at one each year by itself.
"""

import datetime
import re

from django.utils.translation import gettext as _

from laseros.core.errors import Refused

DEFAULTS = {
    "client": "CL-{n:4}",
    "enquiry": "EN-{yyyy}-{n:4}",
    "quote": "QT-{yyyy}-{n:4}",
    "job": "JB-{yyyy}-{mm}-{client}-{n:3}",
    "product": "SKU-{material}{thickness}-{n:4}",
    "sheet": "INV-{material}-{thickness}MM-{n:3}",
    "item": "INV-{material}-{n:3}",
    "remnant": "RM-{n:4}",
    "count": "SC-{yyyy}-{n:4}",
    "spool": "FIL-{n:3}",
    "plate": "SH-{n:4}",
    "batch": "BT-{n:4}",
    "nest": "NS-{yyyy}-{n:4}",
    "nonconformance": "NC-{yyyy}-{n:4}",
    "supplier": "SU-{n:4}",
    "purchase": "PO-{yyyy}-{n:4}",
    "delivery": "DN-{yyyy}-{n:4}",
    "confirmation": "OC-{yyyy}-{n:4}",
    "proforma": "PF-{yyyy}-{n:4}",
    "invoice": "INV-{yyyy}-{n:4}",
    "credit": "CN-{yyyy}-{n:4}",
    "payment": "PY-{yyyy}-{n:4}",
}
KNOWN = {
    "client": set(),
    "enquiry": {"yyyy", "mm"},
    "quote": {"yyyy", "mm"},
    "job": {"yyyy", "mm", "client"},
    "product": {"material", "thickness"},
    "sheet": {"material", "thickness"},
    "item": {"material"},
    "remnant": set(),
    "count": {"yyyy", "mm"},
    "spool": set(),
    "plate": set(),
    "batch": set(),
    "nest": {"yyyy", "mm"},
    "nonconformance": {"yyyy", "mm"},
    "supplier": set(),
    "purchase": {"yyyy", "mm"},
    "delivery": {"yyyy", "mm"},
    "confirmation": {"yyyy", "mm"},
    "proforma": {"yyyy", "mm"},
    "invoice": {"yyyy", "mm"},
    "credit": {"yyyy", "mm"},
    "payment": {"yyyy", "mm"},
}
_PLACEHOLDER = re.compile(r"\{(?P<name>[a-z]+)(?::(?P<width>[1-9]))?\}")


def check(kind: str, form: str) -> None:
    """Raise `Refused` unless `form` can number documents of `kind`: one `{n}`, known placeholders, plain text."""
    names = [match["name"] for match in _PLACEHOLDER.finditer(form)]
    unknown = sorted(set(names) - KNOWN[kind] - {"n"})
    if names.count("n") != 1:
        raise Refused(_("The format needs {n} once: the running number, as in {n:4} for 0001."), code="number-format")
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in sorted(KNOWN[kind] | {"n"}))
        reason = _("%(unknown)s is not known here. Possible are: %(known)s.")
        raise Refused(reason % {"unknown": f"{{{unknown[0]}}}", "known": known}, code="number-format")
    if not re.fullmatch(r"[A-Za-z0-9 ./_-]*", _PLACEHOLDER.sub("", form)) or len(form) > 60:
        raise Refused(
            _("Only letters, digits, spaces and . / _ - may stand beside {n}, 60 at most."), code="number-format"
        )


def split(form: str, day: datetime.date, **parts: str) -> tuple[str, str, int]:
    """(prefix, suffix, width) of `form` with all but the running number filled in."""
    values = {"yyyy": f"{day:%Y}", "mm": f"{day:%m}", **parts}
    left, right, width = [], [], 1
    target, position = left, 0
    for match in _PLACEHOLDER.finditer(form):
        target.append(form[position : match.start()])
        position = match.end()
        if match["name"] == "n":
            width, target = int(match["width"] or 1), right
        else:
            target.append(str(values[match["name"]]))
    target.append(form[position:])
    return "".join(left), "".join(right), width
