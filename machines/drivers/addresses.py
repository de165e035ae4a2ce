"""Where a machine may be: looked up once, judged, and connected to by that very number.

A name that answers differently the second time, an address that a cloud's host gives to itself, and a machine that
sends us elsewhere are no machines.
"""

import asyncio
import ipaddress
import os
import socket

from laseros.core.drivers import Unreachable

# The numbers under which hosts of all kinds tell their guests secrets.
METADATA = frozenset(
    map(ipaddress.ip_address, ("169.254.169.254", "100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254"))
)

# Whoever runs the installation says whether machines may be on the same computer: other services are there too.
HERE_TOO = "MACHINES_ON_THIS_COMPUTER"


class Forbidden(Unreachable):
    """No machine is ever there."""


async def resolved(host: str, port: int) -> str:
    """The address of `host` to connect to, as a number. Raises `Unreachable`, or `Forbidden` for what is no machine."""
    if not host or any(sign in host for sign in "/@?# \t\r\n\\"):
        raise Unreachable("this is not the address of a machine")
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable(f"nobody here knows the name {host}") from None
    address = found[0][4][0]
    if is_forbidden(address):
        raise Forbidden(f"{address} is not an address a machine may have")
    if ipaddress.ip_address(address.partition("%")[0]).is_loopback and os.environ.get(HERE_TOO) != "1":
        raise Forbidden(f"{address} is the computer Laser OS runs on; {HERE_TOO}=1 allows machines there")
    return address


def is_forbidden(address: str) -> bool:
    """Whether nothing may ever be asked there: link-local, metadata, multicast, unspecified, in whatever notation."""
    number = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(number, ipaddress.IPv6Address):
        number = number.ipv4_mapped or number.sixtofour or number
    return (
        number in METADATA
        or number.is_link_local
        or number.is_multicast
        or number.is_unspecified
        or (isinstance(number, ipaddress.IPv4Address) and number in ipaddress.ip_network("0.0.0.0/8"))
        or str(number) == "255.255.255.255"
    )
