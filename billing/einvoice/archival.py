"""What PDF/A-3 wants of a hybrid invoice beside what factur-x puts into it, and a look at whether all of it is there.

`made` adds the colour profile, marks links as printed, and lets the two places that name the maker name the same one.
`lacking` reads a file the way a validator begins to: what it names is missing, which does not prove that nothing else
is.
"""

import io
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

INSIDE = "factur-x.xml"
PRINTED = 4  # the flag of an annotation
# ReportLab begins every page and every table by choosing a font that it does not embed and writes nothing in it.
IDLE = re.compile(rb"BT\s+/F1 [\d.]+ Tf\s+[\d.]+ TL\s+ET")


def made(pdf: bytes) -> bytes:
    """The hybrid with all that we know PDF/A-3 to want."""
    writer = PdfWriter(clone_from=io.BytesIO(pdf))
    writer.pdf_header = "%PDF-1.7"
    root = writer._root_object
    profile = DecodedStreamObject()
    profile.set_data((Path(__file__).parent / "srgb.icc").read_bytes())
    profile[NameObject("/N")] = NumberObject(3)
    intent = DictionaryObject({
        NameObject("/Type"): NameObject("/OutputIntent"),
        NameObject("/S"): NameObject("/GTS_PDFA1"),
        NameObject("/OutputConditionIdentifier"): TextStringObject("sRGB"),
        NameObject("/Info"): TextStringObject("sRGB IEC61966-2.1"),
        NameObject("/DestOutputProfile"): writer._add_object(profile.flate_encode()),
    })  # fmt: skip
    root[NameObject("/OutputIntents")] = ArrayObject([writer._add_object(intent)])
    _without_idle_font(writer)
    for page in writer.pages:
        for annotation in page.get("/Annots", ()):
            annotation.get_object()[NameObject("/F")] = NumberObject(PRINTED)
    metadata = root["/Metadata"].get_object()
    metadata.set_data(metadata.get_data().replace(b"<rdf:Description>", b'<rdf:Description rdf:about="">'))
    info = writer._info.get_object()
    for name in ("/Keywords", "/Trapped"):
        info.pop(name, None)
    info[NameObject("/Producer")] = TextStringObject("pypdf")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _without_idle_font(writer: PdfWriter) -> None:
    """Unless something is written in it after all: then it stays, and `lacking` says so."""
    streams = [page["/Contents"].get_object() for page in writer.pages]
    if not all(isinstance(stream, StreamObject) for stream in streams):
        return
    found = [stream.get_data() for stream in streams]
    if any(data.count(b"/F1 ") != len(IDLE.findall(data)) for data in found):
        return
    for stream, data in zip(streams, found, strict=True):
        stream[NameObject("/Filter")] = NameObject("/FlateDecode")
        stream._data, stream.decoded_self = zlib.compress(IDLE.sub(b"", data)), None
    for page in writer.pages:
        page["/Resources"].get_object()["/Font"].get_object().pop("/F1", None)


def lacking(pdf: bytes) -> Iterator[str]:
    """A word for each thing that PDF/A-3b wants and that is not there."""
    reader = PdfReader(io.BytesIO(pdf))
    root = reader.trailer["/Root"]
    if "/Encrypt" in reader.trailer:
        yield "encrypted"
    if "/ID" not in reader.trailer:
        yield "no identity in the trailer"
    intents = root.get("/OutputIntents", ())
    profiles = [each.get_object().get("/DestOutputProfile") for each in intents]
    if not profiles or profiles[0].get_object().get_data()[36:40] != b"acsp":
        yield "no colour profile"
    yield from _of_metadata(reader, root)
    yield from _of_the_file(root)
    for number, page in enumerate(reader.pages, start=1):
        yield from (f"page {number}: {what}" for what in _of_page(page))


def _of_metadata(reader: PdfReader, root) -> Iterator[str]:
    said = root["/Metadata"].get_object().get_data().decode() if "/Metadata" in root else ""
    for part in ("<pdfaid:part>3<", "<pdfaid:conformance>B<", "<fx:DocumentFileName>factur-x.xml<",
                 "<fx:ConformanceLevel>EN 16931<"):  # fmt: skip
        if part not in said:
            yield f"metadata without {part}"
    for name, tag in (("/Producer", "pdf:Producer"), ("/Creator", "xmp:CreatorTool")):
        if f"<{tag}>{reader.metadata.get(name)}</{tag}>" not in said:
            yield f"{name} is not what the metadata say"


def _of_the_file(root) -> Iterator[str]:
    files = [each.get_object() for each in root.get("/AF", ())]
    mine = [each for each in files if each.get("/UF") == INSIDE]
    if len(mine) != 1:
        yield "the XML is not named among the associated files"
        return
    stored = mine[0]["/EF"]["/F"].get_object()
    if mine[0].get("/AFRelationship") != "/Alternative":
        yield "the XML does not say how it belongs to the document"
    if stored.get("/Subtype") != "/text/xml" or "/ModDate" not in stored.get("/Params", {}):
        yield "the XML without its kind or its moment"


def _of_page(page) -> Iterator[str]:
    resources = page["/Resources"].get_object()
    for font in resources.get("/Font", {}).values():
        font = font.get_object()
        descriptor = font.get("/FontDescriptor", DictionaryObject()).get_object()
        if not any(name in descriptor for name in ("/FontFile", "/FontFile2", "/FontFile3")):
            yield f"{font.get('/BaseFont')} is not embedded"
    for image in resources.get("/XObject", {}).values():
        image = image.get_object()
        plain = image.get("/ColorSpace") != "/DeviceCMYK" and image.get("/Filter") != "/LZWDecode"
        if image.get("/Interpolate") or not plain:
            yield "a picture with smoothing, CMYK or LZW"
    for annotation in page.get("/Annots", ()):
        if not int(annotation.get_object().get("/F", 0)) & PRINTED:
            yield "a link that is not marked as printed"
