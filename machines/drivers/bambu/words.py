"""Codes of Bambu printers in words, as far as their meaning is known. A code without words is shown as a code."""

CANCELLED_BY_A_PERSON = frozenset((0x0300400C, 0x0500400E))
BUSY = 0x05004004
NOT_SIGNED = frozenset((0x05024007, 0x05024009))
WANTS_DEVELOPER_MODE = "0500_0500_0001_0007"

# Stages before the first layer.
PREPARING = frozenset((1, 2, 3, 7, 8, 9, 10, 11, 12, 13, 14, 15, 18, 19, 25))
PAUSED_BY = {
    6: "filament has run out",
    16: "paused by a person",
    17: "the cover is open",
    20: "the nozzle's heater has a fault",
    21: "the bed's heater has a fault",
    35: "the nozzle is clogged",
}
MENDS = {
    6: "Put in filament and go on.",
    17: "Close the cover and go on.",
    20: "Switch the printer off and look at the nozzle's heater and its plug.",
    21: "Switch the printer off and look at the bed's heater and its plug.",
    35: "Clean the nozzle, then go on.",
}
MODULES = {
    0x03: "motion and heating",
    0x05: "mainboard",
    0x07: "filament unit",
    0x08: "tool head",
    0x0C: "camera watch",
}
LOOK_IT_UP = "Look at the printer's screen; its maker explains the code."
READ_ONLY = "read only: switch on Developer Mode at the printer"


def hms_code(attr: int, code: int) -> str:
    return f"{attr >> 16 & 0xFFFF:04X}_{attr & 0xFFFF:04X}_{code >> 16 & 0xFFFF:04X}_{code & 0xFFFF:04X}"


def error_code(number: int) -> str:
    return f"{number >> 16 & 0xFFFF:04X}_{number & 0xFFFF:04X}"
