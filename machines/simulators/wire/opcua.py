"""An OPC UA server beside a laser, on the wire, as a gateway would be one.

Faults by name: "bad" (its values are of bad quality), "alarm" (it reports one).
"""

import asyncio
import socket
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from asyncua import Server, ua
from asyncua.crypto.cert_gen import dump_private_key_as_pem, generate_private_key, generate_self_signed_app_certificate
from asyncua.crypto.permission_rules import User, UserRole
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from machines.simulators.wire.printing import Printing

NAMESPACE, USER, PASSWORD = "urn:laseros:simulated", "shop", "a password"
URI = "urn:laseros:simulated:server"
CODES = {"idle": 0, "preparing": 2, "printing": 8, "paused": 9, "finished": 4, "cancelled": 0, "failed": 5}


class _People:
    def get_user(self, iserver, username=None, password=None, certificate=None):
        return User(role=UserRole.User) if (username, password) == (USER, PASSWORD) else None


class OpcUaServer:
    """`secured`: only with Basic256Sha256 and a password."""

    def __init__(self, printing: Printing | None = None, secured: bool = False):
        self.printing = printing or Printing()
        self.printing.changed = self._counted
        self.before = "idle"
        self.secured = secured
        self.port = 0
        self.parts = 0
        self.folder = TemporaryDirectory()
        self.server: Server | None = None

    @property
    def options(self) -> dict:
        plain = {
            "host": f"opc.tcp://127.0.0.1:{self.port}/laser",
            **{f"node_{name}": f"nsu={NAMESPACE};s={name}" for name in ("state", "program", "count", "alarm")},
            "is_idle": "0", "is_preparing": "2", "is_running": "8, 10", "is_paused": "9", "is_finished": "4",
            "is_error": "5",
        }  # fmt: skip
        return plain | ({"security": "basic256sha256", "user": USER, "password": PASSWORD} if self.secured else {})

    async def start(self, port: int = 0) -> None:
        """Started again it is on the same port."""
        self.port = port or self.port or _free_port()
        self.server = Server(user_manager=_People()) if self.secured else Server()
        await self.server.init()
        self.server.set_endpoint(f"opc.tcp://127.0.0.1:{self.port}/laser")
        await self.server.set_application_uri(URI)
        await self._secure()
        space = await self.server.register_namespace(NAMESPACE)
        laser = await self.server.nodes.objects.add_object(ua.NodeId("laser", space), "laser")
        values = {"state": 0, "program": "", "count": 0, "alarm": ""}
        self.nodes = {
            name: await laser.add_variable(ua.NodeId(name, space), name, value) for name, value in values.items()
        }
        self.kinds = {"state": ua.VariantType.Int64, "count": ua.VariantType.Int64}
        await self.server.start()
        self._telling = asyncio.create_task(self._tell_again())

    def _counted(self) -> None:
        if self.printing.phase == "finished" != self.before:
            self.parts += 1
        self.before = self.printing.phase

    async def _tell_again(self) -> None:
        while True:
            await asyncio.sleep(1)
            await self.tell()

    async def _secure(self) -> None:
        if not self.secured:
            self.server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
            return
        folder = Path(self.folder.name)
        if not (folder / "key.pem").exists():
            self.renew_certificate()
        self.server.set_security_policy([ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt])
        self.server.set_identity_tokens([ua.UserNameIdentityToken])
        await self.server.load_certificate(str(folder / "certificate.der"))
        await self.server.load_private_key(str(folder / "key.pem"))

    def renew_certificate(self) -> None:
        key = generate_private_key()
        made = generate_self_signed_app_certificate(
            key, "laser", {}, [x509.UniformResourceIdentifier(URI)], extended=[ExtendedKeyUsageOID.SERVER_AUTH], days=30
        )
        folder = Path(self.folder.name)
        (folder / "key.pem").write_bytes(dump_private_key_as_pem(key))
        (folder / "certificate.der").write_bytes(made.public_bytes(Encoding.DER))

    async def stop(self) -> None:
        self._telling.cancel()
        await self.server.stop()

    async def tell(self) -> None:
        """All that is now, at one moment."""
        at, phase = datetime.now(UTC), self.printing.phase
        alarm = (self.printing.why or "servo") if phase == "failed" or "alarm" in self.printing.faults else ""
        for name, value in (("program", self.printing.file), ("count", self.parts), ("alarm", alarm),
                            ("state", CODES[phase])):  # fmt: skip
            status = ua.StatusCodes.BadWaitingForInitialData if "bad" in self.printing.faults else ua.StatusCodes.Good
            variant = ua.Variant(value, self.kinds.get(name, ua.VariantType.String))
            said = ua.DataValue(variant, StatusCode=ua.StatusCode(status), SourceTimestamp=at)
            await self.nodes[name].write_value(said)


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]
