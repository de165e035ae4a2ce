"""Says what a curve is for: by the rules of the shop, else by the name of its layer; what nobody knows is cut."""

import re

from production.dxf.refused import Refused

CUT, ENGRAVE, BEND, IGNORE = ROLES = "cut", "engrave", "bend", "ignore"

# Whole words of a name, split where case changes or anything but a letter stands: "unmarked" is not "marked".
RULES = (
    (
        IGNORE,
        r"defpoints|dim(s|ensions?)?|bema(ß|ss)ung(en)?|ma(ß|ss)(e|linien?|hilfslinien?)|cotes?|cotations?|cotas"
        r"|notes?|anno(tation)?s?|texte?|beschriftung(en)?|labels?|title|titel|title ?block|schrift(feld(er)?|kopf)?"
        r"|cartouche|cajetin|st(ü|ue)cklisten?|parts? ?list|bom|frame|border|(zeichnungs|blatt)?rahmen|cadre"
        r"|sheet(?! metal)|blatt|page|viewports?|vports?|legende?|hatch|schraffur(en)?|watermark|logo ?ignore"
        r"|symbol[es]?"
        r"|cent(er|re)( ?lines?)?|mittellinien?|ax[ei]s|achsen?|construction|konstruktion|guides?|hilfslinien?"
        r"|hidden|verdeckte?( kanten?)?|reference|tangent|roll|arc centers|tool centers?( \w+)?"
        r"|unconsumed sketch(es)?|altrep\w*|no ?cut|ignore",
    ),
    (
        BEND,
        r"bend\w*|bieg\w*|fold\w*|(ab)?falz\w*|(?<!sichtbare )(?<!verdeckte )kanten|kant(linien?|ung(en)?)|abkant\w*"
        r"|plis?|pliages?|plier|plegad\w*|plegue\w*|pieg\w*|dobl\w*|dobra\w*|brake lines?|vouw\w*|buig\w*"
        r"|zet(lijn\w*|ting)|buk(ning\w*|kelin\w*)?|bock(ning\w*)?"
        r"|gięci\w*|zagięci\w*|ohyb\w*|ohnut\w*|hajlít\w*|îndoi\w*|indoi\w*|bükü\w*|büküm|taivut\w*|гиб\w*|сгиб\w*|изгиб\w*",
    ),
    (
        ENGRAVE,
        r"(laser)?(engrav|gravur|gravier|graveer|graver|gravír|graviro|grawer|gravação|gravacao|gravar)\w*|etch\w*"
        r"|mark(s|ing|ings|ed)?|marquages?|marquer|marcatur\w*|marcado|marcação|grave|grav|gravure|gravyr|scrib\w*"
        r"|scor(e|es|ing)|raster|incis\w*|graba(do|dos|r)|(laser)?beschriften|rytí|kazıma\w*|kaiver\w*|гравир\w*|маркир\w*",
    ),
)
# Written without spaces between words.
SIGNS = ((BEND, "折弯|折彎|曲げ|弯折"), (ENGRAVE, "雕刻|刻字|打标|打標|刻印|彫刻"), (IGNORE, "标注|標注|寸法|图框"))
CUT_WORDS = (
    r"cut\w*|schnitt\w*|schneid\w*|laser|outer|inner|interior|exterior|outline\w*|contour\w*|kontur\w*|profile\w*"
)

_rules = [(role, re.compile(rf"(?:^| )(?:{words})(?= |$)")) for role, words in RULES]
_cut = re.compile(rf"(?:^| )(?:{CUT_WORDS})(?= |$)")
_signs = [(role, re.compile(signs)) for role, signs in SIGNS]
_camel = re.compile(r"(?<=[a-zß-ÿ])(?=[A-Z])")
_parts = re.compile(r"[\W\d_]+")


def role_of(name: str) -> str:
    """The role of a layer called `name`.

    Engraving and bending are decided before notes and frames, so that "ETCH-TEXT" is engraved and "BEND-NOTES" bent;
    a name that also speaks of cutting ("CUT-TEXT", "laser outline") stays a cut, unless it says not to.
    """
    words = " ".join(_parts.split(_camel.sub(" ", name).lower())).strip()
    matches = [role for role, pattern in (*_rules, *_signs) if pattern.search(words)]
    for role in (BEND, ENGRAVE):
        if role in matches:
            return role
    if IGNORE in matches and (not _cut.search(words) or re.search(r"\b(no ?cut|ignore)\b", words)):
        return IGNORE
    return CUT


def check_rules(rules: list[dict] | None) -> list[tuple]:
    """Rules as (layer pattern, colour, linetype pattern, role, whether it names a layer). May raise `Refused`."""
    made = []
    for rule in rules or ():
        layer, color, linetype = (rule.get(name) for name in ("layer", "color", "linetype"))
        if rule.get("role") not in ROLES or not isinstance(color, int | None):
            raise Refused("A rule about layers says neither cut, engrave, bend nor ignore.", "rules")
        plain = layer is not None and not set("*?") & set(layer)
        made.append((_pattern(layer), color, _pattern(linetype), rule["role"], plain))
    return made


def _pattern(text: str | None):
    if text is None:
        return None
    return re.compile(re.escape(text.strip().casefold()).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def role_of_pen(name: str, color: int, linetype: str, hidden: bool, rules: list[tuple], chosen: set[str] | None) -> str:
    """What a curve on layer `name` with that AutoCAD colour number and linetype is for.

    `chosen`, when given, are the only layers cut, casefolded; `rules` come before the built-in names.
    """
    folded = name.casefold()
    if chosen is not None and folded in chosen:
        return CUT
    role = _ruled(folded, color, linetype.casefold(), hidden, rules)
    if role is None:
        role = IGNORE if hidden else role_of(name)
    return IGNORE if chosen is not None and role == CUT else role


def is_said(name: str, color: int, linetype: str, hidden: bool, rules: list[tuple], chosen: set[str] | None) -> bool:
    """Whether a person decided what `role_of_pen` answers."""
    folded = name.casefold()
    return chosen is not None or _ruled(folded, color, linetype.casefold(), hidden, rules) is not None


def _ruled(name: str, color: int, linetype: str, hidden: bool, rules: list[tuple]) -> str | None:
    for layer, wanted, style, role, names_it in rules:
        if (hidden and not names_it) or wanted not in (None, color):
            continue
        if (layer is None or layer.fullmatch(name)) and (style is None or style.fullmatch(linetype)):
            return role
    return None
