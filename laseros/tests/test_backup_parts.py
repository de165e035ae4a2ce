"""What a backup stands on: the sealed stream, and the rule by which old ones go."""

import io
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from laseros.backups import keeping, sealing
from laseros.core.errors import Refused

KEY = "correct horse battery staple"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch):
    """Guessing need not be dear here."""
    monkeypatch.setattr(sealing, "SCRYPT", {"n": 1 << 4, "r": 8, "p": 1})


def sealed(content: bytes, key: str = KEY) -> bytes:
    raw = io.BytesIO()
    writer = sealing.Sealed(raw, {"made": "today"}, key)
    for start in range(0, len(content), 700_001):
        writer.write(content[start : start + 700_001])
    writer.close()
    return raw.getvalue()


def opened(data: bytes, key: str = KEY) -> bytes:
    reader = sealing.Opened(io.BytesIO(data), key)
    found = b"".join(iter(lambda: reader.read(300_007), b""))
    reader.finish()
    return found


# More than two chunks of what cannot be squeezed, nothing, and what is squeezed to next to nothing.
CONTENTS = [Random(1).randbytes(2 * sealing.CHUNK + 5), b"", b"a" * (3 * sealing.CHUNK)]


@pytest.mark.parametrize("key", [KEY, ""])
@pytest.mark.parametrize("content", CONTENTS, ids=["noise", "nothing", "the same"])
def test_what_was_sealed_is_read_again(content, key):
    data = sealed(content, key)
    assert opened(data, key) == content
    assert (b"aaaaaaaa" in data, sealing.header_of(io.BytesIO(data))["encrypted"]) == (False, bool(key))


def chunks(data: bytes) -> tuple[bytes, list[bytes]]:
    """What stands before the chunks, and each with its length."""
    raw = io.BytesIO(data)
    start, found = sealing._header(raw)[1], []
    while length := raw.read(4):
        size = int.from_bytes(length, "big") & ~sealing.LAST
        found.append(length + raw.read(size))
    return start, found


@pytest.mark.parametrize("key", [KEY, ""])
def test_nothing_can_be_changed_moved_left_out_or_added(key):
    data = sealed(CONTENTS[0], key)
    start, (first, second, last) = chunks(data)
    changed = bytearray(data)
    changed[len(start) + sealing.CHUNK + 50] ^= 1
    before = start.replace(b'"today"', b'"later"')  # only the header
    for broken in (
        bytes(changed),
        before + first + second + last,
        start + second + first + last,
        start + first + last,
        start + first + second,
        start + first + second + last[:-1],
        start + first + second + last + last,
        data + b"x",
        data[: len(start)],
    ):
        with pytest.raises(sealing.Damaged):
            opened(broken, key)


@pytest.mark.parametrize("key", [KEY, ""])
def test_a_chunk_fits_only_its_own_place(key):
    start = sealed(b"", key)
    header, before = sealing._header(io.BytesIO(start))
    seal = sealing._Seal(header, before, key)
    chunk = seal.seal(b"the third", 3, last=False)
    assert seal.open(chunk, 3, last=False) == b"the third"
    for number, last in ((2, False), (4, False), (3, True)):
        with pytest.raises(sealing.Damaged):
            seal.open(chunk, number, last)


def test_another_key_no_key_and_no_backup_are_told_apart():
    data = sealed(b"content")
    for key, code in (("another key altogether", "key"), ("", "no key")):
        with pytest.raises(Refused) as refusal:
            opened(data, key)
        assert refusal.value.code == code
    dear = data.replace(b'"n": 16', b'"n": 2097152')
    for other in (b"", b"%PDF-1.7", data[:20], dear):
        with pytest.raises(Refused) as refusal:
            opened(other)
        assert refusal.value.code == "no backup"


# --- which are kept ---------------------------------------------------------------------------------------------------


def nights(first: datetime, last: datetime) -> list[datetime]:
    return [first + timedelta(days=day) for day in range((last - first).days + 1)]


def test_after_two_years_of_nights_the_rule_leaves_these():
    last = datetime(2027, 12, 31, 2, tzinfo=UTC)  # a Friday
    stay = keeping.kept(nights(datetime(2026, 1, 1, 2, tzinfo=UTC), last), 7, 4, 12)
    days = {last - timedelta(days=day) for day in range(7)}
    sundays = {datetime(2027, 12, day, 2, tzinfo=UTC) for day in (12, 19, 26)}  # and this week's newest
    months = {datetime(2027, month + 1, 1, 2, tzinfo=UTC) - timedelta(days=1) for month in range(1, 12)}
    assert stay == days | sundays | months | {last}


def test_deleting_night_by_night_leaves_the_same_as_deleting_at_the_end():
    lying: set[datetime] = set()
    for night in nights(datetime(2026, 1, 1, 2, tzinfo=UTC), datetime(2027, 3, 3, 2, tzinfo=UTC)):
        lying = keeping.kept(lying | {night}, 7, 4, 12)
        assert night in lying
    assert len(lying) <= 7 + 4 + 12
    assert {moment.strftime("%Y-%m") for moment in lying} >= {f"2026-{month:02}" for month in range(4, 13)}


def test_a_long_holiday_deletes_nothing_and_the_newest_always_stays():
    before = nights(datetime(2026, 1, 1, 2, tzinfo=UTC), datetime(2026, 1, 5, 2, tzinfo=UTC))
    back = datetime(2026, 11, 1, 2, tzinfo=UTC)
    assert keeping.kept([*before, back], 7, 4, 12) == {*before, back}
    assert keeping.kept([*before, back], 0, 0, 0) == {back}
    assert keeping.kept([], 7, 4, 12) == set()
