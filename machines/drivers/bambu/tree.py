"""What a Bambu printer said so far, as one tree: whole pushes and changes merged, units and trays by their number."""

from machines.drivers.said import rows, table, text, whole

# Lists that are told whole each time. Only these two are told in parts, each part with its number.
BY_ID = {("ams", "ams"): "id", ("ams", "ams", "tray"): "id"}
EMPTY_STATES = (9, 10)
NOT_IN_TRAY = frozenset(
    ("tray_type", "tray_color", "tray_sub_brands", "tray_info_idx", "tag_uid", "tray_uuid", "remain", "cols", "state")
)


class Tree:
    """`print` of one session. Begins empty: what another session knew may not be so any more."""

    def __init__(self):
        self.print: dict = {}

    def take(self, payload) -> bool:
        """Merge one message; False when there is no status in it. Replies to commands carry none."""
        said = payload.get("print") if isinstance(payload, dict) else None
        if not isinstance(said, dict) or said.get("command", "push_status") != "push_status":
            return False
        if said.get("gcode_state") == "":
            said = {name: value for name, value in said.items() if name != "gcode_state"}
        _merge(self.print, said, ())
        return True

    @property
    def speaks(self) -> bool:
        """Whether it is known what the printer does."""
        return bool(text(self.print.get("gcode_state")))

    def units(self) -> list[tuple[dict, list[dict]]]:
        """AMS units with the trays that hold something."""
        ams = table(self.print.get("ams"))
        return [
            (unit, [tray for tray in rows(unit.get("tray")) if _is_full(ams, unit, tray)])
            for unit in rows(ams.get("ams"))
        ]


def _merge(into: dict, said: dict, place: tuple) -> None:
    for name, value in said.items():
        here = (*place, name)
        if isinstance(value, dict):
            if not isinstance(into.get(name), dict):
                into[name] = {}
            _merge(into[name], value, here)
        elif here in BY_ID and isinstance(value, list):
            into[name] = _merged_list(rows(into.get(name)), rows(value), BY_ID[here], here)
        else:
            into[name] = value


def _merged_list(kept: list[dict], said: list[dict], key: str, place: tuple) -> list[dict]:
    found = {str(each.get(key)): each for each in kept}
    for part in said:
        number = str(part.get(key))
        whole_one = found.setdefault(number, {})
        if place[-1] == "tray" and (set(part) <= {key} or whole(part.get("state")) in EMPTY_STATES):
            # Nothing lies there any more: what lay there before is forgotten.
            for name in NOT_IN_TRAY & set(whole_one):
                del whole_one[name]
        _merge(whole_one, part, place)
    return list(found.values())


def _is_full(ams: dict, unit: dict, tray: dict) -> bool:
    if not text(tray.get("tray_type")) or whole(tray.get("state")) in EMPTY_STATES:
        return False
    bits, place = _bits(ams), _bit_of(whole(unit.get("id")), whole(tray.get("id")))
    return bits is None or place is None or bool(bits >> place & 1)


def _bits(ams: dict) -> int | None:
    """Which trays hold something. All zero while it is switching off means nothing."""
    try:
        bits = int(str(ams.get("tray_exist_bits", "")), 16)
    except ValueError:
        return None
    return None if bits == 0 and ams.get("power_on_flag") is False else bits


def _bit_of(unit: int | None, tray: int | None) -> int | None:
    if unit is None or tray is None:
        return None
    if 128 <= unit <= 135:  # units of a single tray
        return 16 + unit - 128
    if unit == 16:
        return 24 + tray
    return 4 * unit + tray if 0 <= unit < 4 and 0 <= tray < 4 else None
