"""Whether the printer is the one it was: its certificate names its serial number, not its address."""

import hashlib
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import NameOID

from laseros.core.drivers import CredentialsRefused, Unreachable

MEMORY = "certificate"


class AnotherCertificate(CredentialsRefused):
    """Somebody else may be answering there: the access code is not given away before a person has looked."""


class Trust:
    """`mode`: "pin" (the certificate of the first time is kept), "ca" (issued by `authority`, PEM) or "off"."""

    def __init__(self, mode: str, serial: str, home: Path, authority: str = ""):
        self.mode, self.serial, self.home = mode or "pin", serial, home
        self.authority = authority
        self.seen = ""

    def context(self, newest: ssl.TLSVersion | None = None) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if newest:
            context.maximum_version = newest
        if self.mode == "ca":
            try:
                context.load_verify_locations(cadata=self.authority)
            except (ssl.SSLError, ValueError):
                raise CredentialsRefused("the authority's certificate cannot be read") from None
            context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # the maker's own authority is not that strict
        else:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def judge(self, sock: ssl.SSLSocket) -> None:
        """Raises `AnotherCertificate` when it is not the one of the first time; the first is kept."""
        certificate = sock.getpeercert(binary_form=True)
        if not certificate:
            raise Unreachable("it shows no certificate")
        self.seen = hashlib.sha256(certificate).hexdigest()
        if self.mode != "pin":
            return
        file = self.home / MEMORY
        serial, _space, kept = (file.read_text() if file.exists() else "").partition(" ")
        if serial != self.serial or not kept:
            self.home.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{self.serial} {self.seen}")
        elif kept != self.seen:
            raise AnotherCertificate("its certificate is not the one of the first time")


def name_in(certificate: bytes | None) -> str:
    """The serial number a printer's certificate is made out to; "" where it says none."""
    if not certificate:
        return ""
    try:
        subject = x509.load_der_x509_certificate(certificate).subject
    except ValueError:
        return ""
    names = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else ""
