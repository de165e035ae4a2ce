"""Pictures on documents, as data addresses: logo, QR codes."""

import base64
import io
import re

from django.core.files.storage import default_storage

VIEW_BOX = re.compile(r'viewBox="[-\d.]+ [-\d.]+ ([\d.]+) ([\d.]+)"')
STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
STROKE = re.compile(r' (?:stroke-width|vector-effect)="[^"]*"')
LARGEST_DRAWING = 100_000  # characters; what is drawn more densely is a black spot at this size
LOGO_PIXELS = (900, 300)
IBAN = re.compile(r"\b([A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?)\b")
BIC = re.compile(r"\bBIC:?\s*([A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)\b")


def logo(workspace) -> dict | None:
    """The workspace's logo, made anew as PNG so that nothing of the uploaded file reaches the PDF as it was."""
    from PIL import Image, UnidentifiedImageError

    if not workspace.logo:
        return None
    try:
        with default_storage.open(workspace.logo.name) as handle, Image.open(handle) as image:
            image.thumbnail(LOGO_PIXELS)
            clean = image.convert("RGBA")
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError):
        return None
    flat = Image.new("RGB", clean.size, "white")
    flat.paste(clean, mask=clean.getchannel("A"))
    out = io.BytesIO()
    flat.save(out, "PNG")
    # 16 mm high at most, 60 mm wide at most
    height = min(16.0, 60 * flat.height / flat.width)
    return {
        "src": _address(out.getvalue()),
        "height": f"{height:.1f}mm",
        "width": f"{height * flat.width / flat.height:.1f}mm",
    }


def drawing(preview: str, box_mm: float = 16) -> dict | None:
    """A drawing's own picture, small enough for a line: our SVG without its screen colours."""
    frame = VIEW_BOX.search(preview)
    if frame is None or len(preview) > LARGEST_DRAWING:
        return None
    width, height = float(frame[1]), float(frame[2])
    scale = box_mm / max(width, height)
    # Paper knows no dark theme, and the PDF library no strokes that keep their width: thin lines, whatever the size.
    plain = STYLE.sub("", preview)
    plain = STROKE.sub("", plain).replace("<path ", f'<path stroke-width="{0.15 / scale:.3f}" ')
    plain = plain.replace("<svg ", f'<svg width="{width * scale:.2f}mm" height="{height * scale:.2f}mm" ', 1)
    return {
        "src": "data:image/svg+xml;base64," + base64.b64encode(plain.encode()).decode(),
        "width": f"{width * scale:.1f}mm",
        "height": f"{height * scale:.1f}mm",
    }


def qr(text: str) -> str:
    """A QR code of `text`, as an image address."""
    import qrcode

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=8, border=2)
    code.add_data(text)
    code.make(fit=True)
    out = io.BytesIO()
    code.make_image().save(out, "PNG")
    return _address(out.getvalue())


def bank_transfer(seller: dict, amount, currency: str, reference: str) -> str:
    """The text of a European bank-transfer code (EPC069-12), or nothing where there is no euro account to pay to."""
    iban = iban_in(seller["bank_details"])
    if currency != "EUR" or not iban:
        return ""
    bic = BIC.search(seller["bank_details"])
    rows = ["BCD", "002", "1", "SCT", bic[1] if bic else "", seller["name"][:70], iban]
    rows += [f"EUR{amount:.2f}", "", "", reference[:140]]
    return "\n".join(rows)


def iban_in(text: str) -> str:
    for match in IBAN.finditer(text):
        iban = match[1].replace(" ", "")
        if int("".join(str(int(letter, 36)) for letter in iban[4:] + iban[:4])) % 97 == 1:
            return iban
    return ""


def _address(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()
