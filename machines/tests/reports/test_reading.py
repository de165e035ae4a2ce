"""Reports of a laser as tables and as work: encodings, fractions, days, half-written lines, and what is none."""

import io
import json
from datetime import datetime

import pytest
from openpyxl import Workbook

from machines.reports import columns, rows, table, values
from machines.reports.child import read_report
from machines.simulators.wire.cypcut import CypCutReports

BEGAN = datetime(2026, 10, 1, 8, 0)


def written(tmp_path, *faults, cuts=2):
    laser = CypCutReports(folder=tmp_path, faults=set(faults))
    for number in range(cuts):
        laser.cut(f"Grüße-{number}" if "gbk" not in faults else f"排版{number}", BEGAN.replace(hour=8 + number), 750.5)
    return tmp_path / laser.file


def read(path, mapping=None, settled=False, **options):
    return read_report(str(path), settled, mapping, options)


def read_bytes(data: bytes, settled=True, **options):
    found = table.read(data, settled=settled, known=columns.is_known)
    return rows.understood(found, columns.guessed(found.header), options)


@pytest.mark.parametrize("faults", [(), ("gbk",), ("utf16",), ("comma",)])
def test_the_same_work_however_it_is_written(tmp_path, faults):
    found = read(written(tmp_path, *faults))
    name = "排版0" if "gbk" in faults else "Grüße-0"
    assert (found["bad"], found["open"], found["missing"], found["waits"]) == ([], 0, "", False)
    first = found["works"][0]
    assert (first["name"], first["started"], first["ended"], first["outcome"]) == (
        name, "2026-10-01T08:00:00", "2026-10-01T08:12:30", "finished",
    )  # fmt: skip
    assert (first["seconds"], first["pierces"], first["metres"], first["material"], first["thickness"]) == (
        750.5, 60, 12.5, "MS", 3.0,
    )  # fmt: skip
    assert first["gas"] == "O2"
    assert first["key"] == rows.key_of(name, f"{name}.lxds", BEGAN)


def test_a_half_written_last_line_waits_until_nobody_writes_any_more(tmp_path):
    half = read(written(tmp_path, "half"))
    assert ([work["name"] for work in half["works"]], half["waits"]) == (["Grüße-0"], True)
    assert read(written(tmp_path, "half"), settled=True)["waits"] is True  # it has fewer cells than the header
    whole = written(tmp_path)
    whole.write_bytes(whole.read_bytes().rstrip())
    assert (len(read(whole)["works"]), len(read(whole, settled=True)["works"])) == (1, 2)


def test_a_row_that_cannot_be_is_named_and_hinders_no_other(tmp_path):
    found = read(written(tmp_path, "nonsense"))
    assert [(row["line"], row["why"]) for row in found["bad"]] == [(2, "“-5” cannot be right")]
    assert len(found["works"]) == 2


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("完成", "finished"), ("", "finished"), ("Abgebrochen", "cancelled"), ("Alarm 12", "failed"), ("4", "cancelled"),
     ("Paused", None), ("暂停", None), ("未完成", None), ("cutting", None)],
)  # fmt: skip
def test_how_it_ended(status, outcome):
    """A pause is no end."""
    assert values.outcome(status) == outcome


@pytest.mark.parametrize(
    ("cell", "seconds"),
    [("750", 750), ("00:12:30", 750), ("12:30", 750), ("1min10s", 70), ("59s", 59), ("1h2min", 3720), ("1分10秒", 70),
     ("", None)],
)  # fmt: skip
def test_durations(cell, seconds):
    assert values.seconds(cell, ".", "s") == seconds


def test_a_duration_in_the_unit_of_its_heading():
    data = b"Job;Start;Dauer (min)\nA;01.02.2026 08:00;12,5\n"
    assert read_bytes(data).works[0]["ended"] == "2026-02-01T08:12:30"


def test_days_that_may_be_read_in_two_ways_are_asked_for():
    data = b"Job,Start,End\nA,03/04/2026 08:00,03/04/2026 09:00\n"
    assert [row["why"] for row in read_bytes(data).bad] == ["“03/04/2026 08:00”: day or month first? Please choose."]
    assert read_bytes(data, dates="mdy").works[0]["started"] == "2026-03-04T08:00:00"
    told = data + b"B,25/04/2026 8:00 PM,25/04/2026 9:00 PM\n"
    assert [work["started"] for work in read_bytes(told).works] == ["2026-04-03T08:00:00", "2026-04-25T20:00:00"]


def test_times_beside_their_day_also_past_midnight():
    data = b"Date\tJob\tStart\tEnd\n2026-05-01\tA\t23:50\t00:10\n"
    assert [(work["started"], work["ended"]) for work in read_bytes(data).works] == [
        ("2026-05-01T23:50:00", "2026-05-02T00:10:00"),
    ]  # fmt: skip


def test_lengths_without_a_unit_are_not_taken():
    data = b"Job,Start,End,Cut length\nA,2026-05-01 08:00,2026-05-01 09:00,23410\n"
    assert read_bytes(data).works[0]["metres"] is None
    assert read_bytes(data, length_unit="mm").works[0]["metres"] == pytest.approx(23.41)


def test_a_workbook_with_titles_above_and_real_times(tmp_path):
    book = Workbook()
    book.active.append(["Acme Lasers"])
    book.active.append([])
    book.active.append(["Task name", "Start time", "End time", "Pierces"])
    book.active.append(["A", BEGAN, BEGAN.replace(minute=5), 12])
    memory = io.BytesIO()
    book.save(memory)
    path = tmp_path / "r.xlsx"
    path.write_bytes(memory.getvalue())
    assert [(work["line"], work["ended"], work["pierces"]) for work in read(path)["works"]] == [
        (4, "2026-10-01T08:05:00", 12),
    ]  # fmt: skip
    path.write_bytes(memory.getvalue()[:2000])
    with pytest.raises(table.Refused):
        read(path)


def test_a_work_log_as_json(tmp_path):
    log = {"portionName": "N1", "fileName": "a.lxds", "startTime": "2026-03-25 14:28:20",
           "endTime": "2026-03-25 14:30:20", "timeTaken": 120.5, "curveLength": 75299.0, "pierceCount": 56}  # fmt: skip
    path = tmp_path / "log.json"
    path.write_text(json.dumps({"status": 0, "data": {"list": [log]}}))
    work = read(path)["works"][0]
    assert (work["name"], work["seconds"], work["pierces"], round(work["metres"], 3)) == ("N1", 120.5, 56, 75.299)


@pytest.mark.parametrize("data", [b"", b"\x00\x00", b"hello", b"PK\x03\x04 no", b"{}", b"{", b'"' * 300_000])
def test_what_is_no_report(tmp_path, data):
    path = tmp_path / "r.csv"
    path.write_bytes(data)
    with pytest.raises(table.Refused):
        read(path)


def test_a_nesting_report_tells_what_is_planned():
    data = b"Task name,Qty,Cut Length(m)\nA,5 / 5,1.25\n"
    assert read_bytes(data).missing.startswith("no column says when it was cut")


def test_a_link_put_in_the_place_of_a_report_is_not_followed(tmp_path):
    path = written(tmp_path)
    kept = path.rename(tmp_path / "elsewhere.txt")
    path.symlink_to(kept)
    with pytest.raises(OSError, match="symbolic"):
        read(path)
