"""The doctor of a Bambu connection: what is wrong, and where on the printer it is mended."""

import asyncio
import re
import socket
import ssl

from laseros.core.drivers import CredentialsRefused, Step, Unreachable
from machines.drivers.addresses import resolved
from machines.drivers.said import text

from . import words
from .certificates import AnotherCertificate, name_in
from .wire import END, Wire

LISTEN_FOR = 10.0
AT_THE_PRINTER = "The printer shows it under Settings, Network."


async def examine(driver) -> list[Step]:
    steps = [_settings(driver)]
    if not steps[0].ok:
        return steps
    try:
        driver.address = await resolved(driver.host, driver.port)
        steps.append(Step("address", True, driver.address))
    except Unreachable as error:
        return [*steps, Step("address", False, str(error), AT_THE_PRINTER)]
    try:
        certificate = await asyncio.to_thread(_certificate, driver)
    except ssl.SSLError:
        mend = "Is this really the printer's address, and the port 8883?"
        return [*steps, Step("reachable", False, "what answers there does not speak TLS", mend)]
    except OSError as error:
        mend = "Is it switched on and in this network? A guest network keeps devices apart."
        why = (error.strerror or str(error) or "no answer").lower()
        return [*steps, Step("reachable", False, f"nobody answers there ({why})", mend)]
    steps.append(Step("reachable", True))
    named = name_in(certificate)
    if re.fullmatch(r"[0-9A-Z]{15}", named) and named != driver.serial:
        words_, mend = f"this printer's serial number is {named}", "Correct the serial number, or the address."
        return [*steps, Step("certificate", False, words_, mend)]
    return [*steps, *await _session(driver)]


def _settings(driver) -> Step:
    if not driver.host or not driver.serial or not driver.code:
        return Step("settings", False, "address, serial number and access code are needed", AT_THE_PRINTER)
    if not re.fullmatch(r"[A-Za-z0-9]{6,32}", driver.serial):
        return Step("settings", False, "the serial number is not one", "15 letters and digits, on its label too.")
    if len(driver.code) != 8:
        return Step("settings", False, f"the access code has {len(driver.code)} characters, not 8", AT_THE_PRINTER)
    return Step("settings", True)


def _certificate(driver) -> bytes | None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    plain = socket.create_connection((driver.address, driver.port), 5)
    with context.wrap_socket(plain, server_hostname=driver.serial) as sock:
        return sock.getpeercert(binary_form=True)


async def _session(driver) -> list[Step]:
    """One short session, up to the first status."""
    wire = Wire(driver.serial, driver.code, driver.trust)
    try:
        await wire.open(driver.address, driver.port)
        steps = [Step("certificate", True, driver.trust.seen[:16]), Step("credentials", True)]
        wire.send({"pushing": {"sequence_id": "1", "command": "pushall"}})
        said = await _status(wire, driver.tree)
    except AnotherCertificate as error:
        mend = "If the printer was reset or replaced, trust its new certificate. Otherwise find out who answers there."
        return [Step("certificate", False, str(error), mend)]
    except CredentialsRefused as error:
        mend = "Read the code anew: it changes whenever LAN or Developer Mode is switched."
        return [Step("certificate", True), Step("credentials", False, str(error), mend)]
    except Unreachable as error:
        return [Step("credentials", None, str(error), "Switch the printer off and on again.")]
    finally:
        await wire.close()
    if not said:
        mend = "Compare the serial number letter by letter: upper and lower case matter."
        return [*steps, Step("speaks", False, "it says nothing under this serial number", mend)]
    return [*steps, Step("speaks", True, text(said.get("gcode_state"))), _mode(said)]


async def _status(wire: Wire, tree) -> dict:
    try:
        async with asyncio.timeout(LISTEN_FOR):
            while not tree.speaks:
                message = await wire.messages.get()
                if message is END:
                    return {}
                tree.take(message)
    except TimeoutError:
        return {}
    return tree.print


def _mode(said: dict) -> Step:
    try:
        signed = bool(int(text(said.get("fun")), 16) & 0x20000000)
    except ValueError:
        return Step("mode", None, "it does not say whether it takes commands", "The first command will show.")
    if signed:
        mend = "Switch on LAN mode and Developer Mode at the printer to control it from here; watching works as it is."
        return Step("mode", False, words.READ_ONLY, mend)
    return Step("mode", True)
