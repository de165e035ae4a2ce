"""A session with an OPC UA server: by a judged address, with a limit on what it sends, its certificate remembered."""

import hashlib
import os
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from asyncua import Client, ua
from asyncua.common.connection import TransportLimits
from asyncua.crypto import cert_gen, security_policies
from asyncua.ua.uaerrors import UaError, UaStatusCodeError
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from laseros.core.drivers import CredentialsRefused, Unreachable
from machines.drivers.addresses import resolved
from machines.drivers.bambu.certificates import MEMORY, AnotherCertificate

PORT = 4840
ANSWER_WITHIN = 8.0
LARGEST = 2 * 1024 * 1024
APPLICATION = "urn:laseros:watcher"
REFUSED = {
    "BadUserAccessDenied", "BadIdentityTokenRejected", "BadIdentityTokenInvalid", "BadUserSignatureInvalid",
}  # fmt: skip
MODE = ua.MessageSecurityMode.SignAndEncrypt
POLICY = security_policies.SecurityPolicyBasic256Sha256


class Place:
    """Where a server is, as a person writes it: a name or number alone, or all of opc.tcp://…"""

    def __init__(self, said: str):
        text = said.strip()
        try:
            where = urlsplit(text if "://" in text else f"opc.tcp://{text}")
            self.host, self.port, self.path = where.hostname or "", where.port or PORT, where.path
        except ValueError:
            raise Unreachable("this is not the address of a machine") from None
        if where.scheme != "opc.tcp" or not self.host or "@" in where.netloc or where.query or where.fragment:
            raise Unreachable("this is not the address of a machine")

    async def address(self) -> str:
        number = await resolved(self.host, self.port)
        return f"opc.tcp://{f'[{number}]' if ':' in number else number}:{self.port}{self.path}"


def client_at(address: str, user: str, password: str) -> Client:
    client = Client(address, timeout=ANSWER_WITHIN)
    client.name = client.description = "Laser OS"
    client.application_uri = APPLICATION
    if user:
        client.set_user(user)
        client.set_password(password)
    _bounded(client)
    return client


def _bounded(client: Client) -> None:
    """The library waits for whatever length a server announces: here it is cut off."""
    make = client.uaclient._make_protocol

    def make_bounded():
        protocol = make()
        protocol._connection._limits = TransportLimits(65535, 65535, LARGEST // 65535 + 1, LARGEST)
        hear = protocol.data_received

        def data_received(data: bytes) -> None:
            if len(protocol.receive_buffer or b"") + len(data) > LARGEST:
                protocol.disconnect_socket()
            else:
                hear(data)

        protocol.data_received = data_received
        return protocol

    client.uaclient._make_protocol = make_bounded


async def encrypt(client: Client, place: Place, home: Path) -> None:
    """Signed and encrypted from here on. Raises `AnotherCertificate` when it is not the server of the first time."""
    endpoints = await client.connect_and_get_server_endpoints()
    try:
        endpoint = Client.find_endpoint(endpoints, MODE, POLICY.URI)
    except UaError:
        raise Unreachable("it does not offer this encryption") from None
    certificate = endpoint.ServerCertificate
    _judge(certificate, place, home)
    ours = _own_certificate(home.parent / "opcua")
    await client.set_security(POLICY, *ours, server_certificate=certificate, mode=MODE)


def _judge(certificate: bytes, place: Place, home: Path) -> None:
    if not certificate:
        raise Unreachable("it shows no certificate")
    seen, who, file = hashlib.sha256(certificate).hexdigest(), f"{place.host}:{place.port}", home / MEMORY
    known_of, _space, kept = (file.read_text() if file.exists() else "").partition(" ")
    if known_of != who or not kept:
        home.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{who} {seen}")
    elif kept != seen:
        raise AnotherCertificate("its certificate is not the one of the first time")


def _own_certificate(folder: Path) -> tuple[Path, Path]:
    """(certificate, key) by which servers know this installation; made once, kept with its data."""
    certificate, key = folder / "certificate.der", folder / "key.pem"
    if not (certificate.exists() and key.exists()):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        private = cert_gen.generate_private_key()
        made = cert_gen.generate_self_signed_app_certificate(
            private, "Laser OS", {"organizationName": "Laser OS"}, [x509.UniformResourceIdentifier(APPLICATION)],
            extended=[ExtendedKeyUsageOID.CLIENT_AUTH], days=3650,
        )  # fmt: skip
        with open(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(cert_gen.dump_private_key_as_pem(private))
        certificate.write_bytes(made.public_bytes(Encoding.DER))
    return certificate, key


@contextmanager
def in_words():
    """What goes wrong with a server, as the contract says it."""
    try:
        yield
    except (Unreachable, CredentialsRefused):
        raise
    except UaStatusCodeError as error:
        name = type(error).__name__
        if name in REFUSED:
            raise CredentialsRefused("the key or password is wrong") from None
        if "Certificate" in name or name == "BadSecurityChecksFailed":
            raise CredentialsRefused("it does not accept our certificate") from None
        raise Unreachable(f"the server says: {name}") from None
    except TimeoutError:
        raise Unreachable("no answer") from None
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno else ""
        raise Unreachable(f"nobody answers there ({reason})" if reason else "the connection is gone") from None
    except Exception:
        # Whatever it sent, the library could not read it.
        raise Unreachable("what answers there does not speak OPC UA") from None
