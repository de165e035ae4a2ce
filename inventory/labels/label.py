"""What stands on one label, whatever it is stuck on."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Label:
    """`address` goes into the QR code, `code` is what a person reads aloud or types. No price is ever among it."""

    code: str
    address: str
    title: str = ""
    facts: str = ""  # material · thickness · colour
    quantity: str = ""
    colours: tuple[str, ...] = ()  # #rrggbb, several for a spool of several colours
