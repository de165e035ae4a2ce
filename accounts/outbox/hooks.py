"""Chat rooms and SMS services: what they are told is posted as JSON, signed, to an address that was judged first.

The address is looked up once, judged, and connected to by that very number; redirections are not followed. The
signature is HMAC-SHA256 over time and body under the hook's secret, so that the other side can tell it is us.
"""

import hashlib
import hmac
import http.client
import ipaddress
import json
import re
import socket
import ssl
import time
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import MessageHook, OutgoingMail
from accounts.outbox import occasions
from laseros.core.errors import Refused

TIMEOUT = 10  # seconds
NAT64, NAT64_INSIDE = ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48")
PLACE = re.compile(r"\{([a-z_]+)\}")


def known(names: list[str]) -> set[str]:
    """What may stand in a hook's text: what all of its occasions know, and the message itself."""
    found = [set(one.known) for name in names if (one := occasions.named(name))]
    return {"subject", "text", "phone"} | (set.intersection(*found) if found else set())


def check(url: str, body: str, names: list[str]) -> None:
    """Raises `Refused` for an address that may not be asked, a place nobody knows, and a text that is no JSON."""
    try:
        _judge(url)
    except (OSError, ValueError):
        raise Refused(_("Nobody here knows this address."), code="address", field="url") from None
    for name in PLACE.findall(body):
        if name not in known(names):
            words = _("{%(name)s} is not in the list of what can stand here.") % {"name": name}
            raise Refused(words, code="unknown-place", field="body")
    try:
        json.loads(_fill(body, dict.fromkeys(known(names), "x")))
    except ValueError as error:
        raise Refused(_("This is not JSON: %(why)s") % {"why": error}, code="json", field="body") from None


def payload(hook: MessageHook, values: dict[str, str]) -> str | None:
    """What is posted; None where it needs a phone number and there is none."""
    if "{phone}" in hook.body and not values["phone"]:
        return None
    return _fill(hook.body, values)


def _fill(body: str, values: dict[str, str]) -> str:
    """Plain replacement, written so that no value can end the text it stands in."""
    return PLACE.sub(lambda found: json.dumps(str(values.get(found[1], "")))[1:-1], body)


def signature(secret: str, at: int, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()


def send(message: OutgoingMail, hand_over) -> None:
    """Post it. What the other side says no to is tried again where that may help; no answer is no answer."""
    from accounts.outbox.sending import Hopeless, Unsure

    hook, body = message.hook, message.text.encode()
    try:
        parts, address = _judge(hook.url)
    except Refused as refusal:
        raise Hopeless(str(refusal.reason)) from None
    connection = _connected(parts, address)
    at = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": f"{message.workspace.slug}-{message.pk}",
        "X-LaserOS-Signature": f"t={at},v1={signature(hook.secret, at, body)}",
        "Host": parts.netloc.rpartition("@")[2],
    }
    try:
        hand_over(message)
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            said = answer.read(500).decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            raise Unsure(f"{type(error).__name__}: {error}") from error
    finally:
        connection.close()
    if 200 <= answer.status < 300:
        return
    words = f"{answer.status} {answer.reason}: {said}"
    raise (OSError(words) if answer.status in (408, 425, 429) or answer.status >= 500 else Hopeless(words))


def _judge(url: str):
    """(its parts, the number to connect to). Raises `Refused`, or OSError where the name is not known just now."""
    parts = urlsplit(url)
    inside = settings.HOOKS_INSIDE
    if parts.scheme != "https" and not (inside and parts.scheme == "http"):
        raise Refused(_("Only addresses that begin with https:// are allowed."), code="https", field="url")
    if not parts.hostname or parts.username or parts.password:
        raise Refused(_("This is not an address that can be posted to."), code="address", field="url")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    numbers = [ipaddress.ip_address(row[4][0].partition("%")[0]) for row in found]
    for number in numbers:
        plain = _meant(number)
        if (not inside and not plain.is_global) or plain.is_multicast or plain.is_unspecified or plain.is_link_local:
            words = _("%(host)s is inside this network: whoever runs the installation can allow that.")
            raise Refused(words % {"host": parts.hostname}, code="inside", field="url")
    return parts, (str(numbers[0]), port)


def _meant(number):
    """The IPv4 number inside one that only carries it: mapped, 6to4, or translated on the way (NAT64, RFC 6052)."""
    if number.version == 6:
        if number in NAT64:
            return ipaddress.IPv4Address(number.packed[-4:])
        if number in NAT64_INSIDE:
            return ipaddress.IPv6Address("::1")  # a network's own translation: leads wherever that likes
    return getattr(number, "ipv4_mapped", None) or getattr(number, "sixtofour", None) or number


def _connected(parts, address: tuple[str, int]) -> http.client.HTTPConnection:
    """A connection to that very number, under the name it was asked by."""
    plain = socket.create_connection(address, timeout=TIMEOUT)
    connection = http.client.HTTPConnection(parts.hostname, address[1], timeout=TIMEOUT)
    if parts.scheme == "https":
        plain = ssl.create_default_context().wrap_socket(plain, server_hostname=parts.hostname)
    connection.sock = plain
    return connection
