"""Schematron rules with XPath 2 made into a stylesheet that Saxon runs: what the KoSIT publishes is rules only.

A pattern becomes a mode, a rule a template; of the rules of a pattern the first that fits a node applies, as the
standard says. `let` becomes a variable. Anything else in a file of rules is refused instead of left out.
"""

from pathlib import Path

from lxml import etree

SCH = "{http://purl.oclc.org/dsdl/schematron}"
XSL = "http://www.w3.org/1999/XSL/Transform"
KNOWN = {"title", "ns", "phase", "pattern", "include"}


def stylesheet(path: Path) -> bytes:
    """An XSLT 2.0 that answers `<failures><failure id= flag=>text</failure></failures>`."""
    source = etree.parse(path).getroot()
    prefixes = {row.get("prefix"): row.get("uri") for row in source.iter(f"{SCH}ns")}
    spaces = {**{key: value for key, value in source.nsmap.items() if key}, **prefixes, "xsl": XSL}
    sheet = etree.Element(_xsl("stylesheet"), nsmap={**spaces, "xs": "http://www.w3.org/2001/XMLSchema"}, version="2.0")
    patterns = []
    for child in source.iterchildren(tag=etree.Element):
        if child.tag == _xsl("function"):
            sheet.append(child)
        elif child.tag.removeprefix(SCH) not in KNOWN:
            raise ValueError(f"{path.name}: {child.tag} is not known here")
        elif child.tag == f"{SCH}include":
            patterns.append(etree.parse(path.parent / Path(child.get("href")).name).getroot())
        elif child.tag == f"{SCH}pattern":
            patterns.append(child)
    start = etree.SubElement(sheet, _xsl("template"), match="/")
    failures = etree.SubElement(start, "failures")
    for number, pattern in enumerate(patterns):
        _pattern(sheet, pattern, f"pattern{number}")
        etree.SubElement(failures, _xsl("apply-templates"), select="*", mode=f"pattern{number}")
    return etree.tostring(sheet)


def _pattern(sheet, pattern, mode: str) -> None:
    for let in pattern.iterchildren(f"{SCH}let"):
        etree.SubElement(sheet, _xsl("variable"), name=let.get("name"), select=let.get("value"))
    rules = list(pattern.iterchildren(f"{SCH}rule"))
    for place, rule in enumerate(rules):
        attributes = {"match": rule.get("context"), "mode": mode, "priority": str(len(rules) - place)}
        template = etree.SubElement(sheet, _xsl("template"), attributes)
        for part in rule.iterchildren(tag=etree.Element):
            _part(template, part)
        etree.SubElement(template, _xsl("apply-templates"), select="*", mode=mode)
    rest = etree.SubElement(sheet, _xsl("template"), match="node()", mode=mode, priority="-9")
    etree.SubElement(rest, _xsl("apply-templates"), select="*", mode=mode)


def _part(template, part) -> None:
    if part.tag == f"{SCH}let":
        etree.SubElement(template, _xsl("variable"), name=part.get("name"), select=part.get("value"))
    elif part.tag == f"{SCH}assert":
        wrong = etree.SubElement(template, _xsl("if"), test=f"not({part.get('test')})")
        failure = etree.SubElement(wrong, "failure", id=part.get("id", ""), flag=part.get("flag", "fatal"))
        etree.SubElement(failure, _xsl("text")).text = " ".join("".join(part.itertext()).split())
    else:
        raise ValueError(f"{part.tag} is not known in a rule")


def _xsl(name: str) -> str:
    return f"{{{XSL}}}{name}"
