"""Cells as numbers, moments and lengths. What can be read in two ways is not read: a person says which it is."""

import re
from datetime import date, datetime, timedelta

NUMBER = re.compile(r"[-+]?\d[\d.,'  ]*")
CLOCK = re.compile(r"^(\d{1,3}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?$")
PARTS = re.compile(r"(\d+(?:[.,]\d+)?)\s*(d|h|min|m|s|sec|std|小时|时|分钟|分|秒)", re.IGNORECASE)
PART_SECONDS = {
    "d": 86400, "h": 3600, "std": 3600, "小时": 3600, "时": 3600, "min": 60, "m": 60, "分钟": 60, "分": 60, "s": 1,
    "sec": 1, "秒": 1,
}  # fmt: skip
MOMENT = re.compile(
    r"^(\d{1,4})[-./年](\d{1,2})[-./月](\d{1,4})日?"
    r"(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([AaPp])?\.?[Mm]?\.?)?$"
)
TIME_UNITS = {
    "s": 1.0,
    "sec": 1.0,
    "秒": 1.0,
    "min": 60.0,
    "m": 60.0,
    "分": 60.0,
    "分钟": 60.0,
    "h": 3600.0,
    "小时": 3600.0,
}
LENGTH_UNITS = {"m": 1.0, "米": 1.0, "mm": 0.001, "毫米": 0.001, "cm": 0.01, "in": 0.0254, "ft": 0.3048}
DONE = ("finish", "done", "complete", "ok", "success", "完成", "成功", "fertig", "beendet", "3")
GIVEN_UP = ("cancel", "abort", "stop", "terminat", "取消", "停止", "中断", "终止", "abgebrochen", "gestoppt", "4")
OPEN = ("unfinish", "not finish", "incomplete", "未完成", "unvollständig", "nicht beendet")
WRONG = ("error", "alarm", "fail", "错误", "异常", "报警", "失败", "fehler", "störung", "5")


class Unclear(Exception):
    """A cell that cannot be read, in words."""


def decimal_sign(cells: list[str]) -> str:
    """How this file writes fractions: "," or "." where a cell shows it, else "."."""
    for cell in cells:
        text = re.sub(r"[^\d.,]", "", cell)
        if "," in text and "." in text:
            return "," if text.rindex(",") > text.rindex(".") else "."
    for sign in ",.":
        if any(re.fullmatch(rf"\D*\d+\{sign}(\d{{1,2}}|\d{{4,}}|0\d*)\D*", cell) for cell in cells):
            return sign
        if any(re.fullmatch(rf"\D*0\{sign}\d+\D*", cell) for cell in cells):
            return sign
    return "."


def number(cell: str, sign: str = ".") -> float | None:
    """None for an empty cell."""
    if not cell.strip() or cell.strip() in ("-", "–", "/"):
        return None
    found = NUMBER.search(cell)
    if found is None:
        raise Unclear(f"“{cell[:40]}” is no number")
    digits = re.sub(r"['  \s]", "", found[0])
    digits = digits.replace("." if sign == "," else ",", "").replace(sign, ".")
    try:
        value = float(digits)
    except ValueError:
        raise Unclear(f"“{cell[:40]}” is no number") from None
    if value < 0 or value > 1e12:
        raise Unclear(f"“{cell[:40]}” cannot be right")
    return value


def seconds(cell: str, sign: str, unit: str) -> float | None:
    """A duration: 12:30, 00:12:30.500, 1min10s, or a number in `unit`."""
    text = cell.strip()
    if found := CLOCK.match(text):
        first, second, third = (int(part) if part else None for part in found.groups())
        return first * 3600 + second * 60 + third if third is not None else first * 60 + second
    if parts := PARTS.findall(text):
        return sum(float(amount.replace(",", ".")) * PART_SECONDS[name.casefold()] for amount, name in parts)
    found = number(text, sign)
    return None if found is None else found * TIME_UNITS.get(unit, 1.0)


def order_of(cells: list[str]) -> str:
    """The order of days, months and years in a file: "ymd", "dmy", "mdy", or "" where it may be either."""
    orders = set()
    for cell in cells:
        found = MOMENT.match(cell.strip())
        if found is None:
            continue
        first, second, third = found[1], found[2], found[3]
        if len(first) == 4:
            return "ymd"
        if "." in cell.split(" ")[0] and len(third) == 4:
            return "dmy"
        orders |= {"dmy"} if int(first) > 12 else {"mdy"} if int(second) > 12 else set()
    return orders.pop() if len(orders) == 1 else ""


def moment(cell: str, order: str) -> datetime | None:
    """A day with its time, by the clock on the wall. Raises `Unclear`."""
    text = cell.strip()
    if not text:
        return None
    found = MOMENT.match(text)
    if found is None:
        raise Unclear(f"“{cell[:40]}” is no time")
    three = [int(part) for part in found.groups()[:3]]
    if not order and len(found[1]) != 4:
        raise Unclear(f"“{cell[:40]}”: day or month first? Please choose.")
    places = "ymd" if len(found[1]) == 4 else order
    said = dict(zip(places, three, strict=True))
    hour, minute, second = (int(part) if part else 0 for part in found.groups()[3:6])
    if half := (found[7] or "").lower():
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        year = said["y"] + (2000 if said["y"] < 100 else 0)
        return datetime(year, said["m"], said["d"], hour, minute, second)  # noqa: DTZ001 (the wall's clock)
    except ValueError:
        raise Unclear(f"“{cell[:40]}” is no time") from None


def on_day(cell: str, day: date) -> datetime | None:
    """A time alone, on the day that stands in another column."""
    found = CLOCK.match(cell.strip())
    if found is None:
        return None
    clock = timedelta(hours=int(found[1]), minutes=int(found[2]), seconds=int(found[3] or 0))
    return datetime(day.year, day.month, day.day) + clock  # noqa: DTZ001


def outcome(cell: str) -> str | None:
    """ "finished", "cancelled", "failed"; None for work that is not over: paused is not over."""
    word = cell.strip().casefold()
    if not word:
        return "finished"
    if any(each in word for each in OPEN):
        return None
    for words, name in ((WRONG, "failed"), (GIVEN_UP, "cancelled"), (DONE, "finished")):
        if any(word == each if each.isdigit() else each in word for each in words):
            return name
    return None
