"""What a mend changed, in words."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from laseros.core.templatetags.laseros import number


def said(change: dict) -> str:
    """A change as `production.dxf.mending` lists it, for a person; "" for one nobody knows any more."""
    count = change.get("count", 0)
    values = {"count": number(count)}
    match change.get("mend"):
        case "duplicates":
            values["length"] = number(change["length_mm"], 1)
            return _("Drawn twice and left out: %(length)s mm") % values
        case "zero-length":
            return (
                ngettext("%(count)s line without length left out", "%(count)s lines without length left out", count)
                % values
            )
        case "gaps":
            values["size"] = number(change["size_mm"], 2)
            return (
                ngettext("%(count)s gap of %(size)s mm joined", "%(count)s gaps joined, the widest %(size)s mm", count)
                % values
            )
        case "tiny":
            return ngettext("%(count)s tiny piece left out", "%(count)s tiny pieces left out", count) % values
        case "layers":
            return _("Layers left out: %(names)s") % {"names": ", ".join(f"“{name}”" for name in change["names"])}
        case "paperwork":
            return (
                ngettext(
                    "%(count)s line of a frame or a dimension left out",
                    "%(count)s lines of frames and dimensions left out",
                    count,
                )
                % values
            )
        case "notes":
            return (
                ngettext("%(count)s open line or letter left out", "%(count)s open lines and letters left out", count)
                % values
            )
        case "text":
            return ngettext("%(count)s text left out", "%(count)s texts left out", count) % values
        case "scale":
            return _("Scaled by %(factor)s") % {"factor": number(change["factor"])}
        case "explode":
            return _("Written anew as lines, arcs and circles")
        case "part":
            values |= {"part": change["part"], "of": change["of"]}
            return _("Part %(part)s of %(of)s, %(count)s of it in the drawing") % values
    return ""
