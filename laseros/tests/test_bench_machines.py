"""The verdicts of the bench of machines, on runs as they might have been. The run itself is `make bench-machines`."""

from laseros.bench.fleet import figures
from laseros.bench.fleet.browsers import Browsers
from laseros.bench.fleet.running import Run

RUNNING, PAUSED = "run", "warn"


def a_run(**more) -> Run:
    """Two machines, two browsers, ten seconds: machine 7 is paused at 2, 8 only goes on."""
    texts = [[[7, 1, RUNNING], [8, 1, RUNNING]], [[7, 2, PAUSED]], [[8, 2, RUNNING]]]
    heard = [[[-1, 0], [2.05, 1], [6, 2]], [[-1, 0], [2.08, 1], [6, 2]]]
    load = [(float(second), {"web": (second * 0.1, 100.0)}) for second in range(11)]
    found = Run(machines=[7, 8], quiet=[8], began=0.0, ended=10.0, changes=[[0, "paused", 2.0]], said=20,
                heard={"texts": texts, "heard": heard, "ended": [], "bytes": []}, before={7: 1, 8: 1},
                after={7: 2, 8: 2}, last={7: 2, 8: 2}, load=load)  # fmt: skip
    for name, value in more.items():
        setattr(found, name, value)
    return found


def verdicts(run: Run, bell: str) -> list[bool]:
    return [line.holds for line in figures.lines(run, bell)]


def test_verdicts(monkeypatch):
    monkeypatch.setattr(figures, "tone", {"running": RUNNING, "paused": PAUSED}.get)
    good = a_run()
    assert verdicts(good, "redis") == [True] * 7
    assert "50 / 90 / 99 %" in figures.lines(good, "redis")[2].what
    assert figures.lines(good, "redis")[2].found == "80 / 80 / 80 / 80 ms"
    slow = a_run(changes=[[0, "paused", 1.8]])
    assert (verdicts(slow, "redis")[2], verdicts(slow, "database")[2]) == (False, True)
    lost = a_run(changes=[[0, "paused", 2.0], [0, "printing", 5.0]])
    assert verdicts(lost, "redis")[0] is False
    assert verdicts(a_run(last={7: 2, 8: 3}), "redis")[1] is False
    written = a_run(after={7: 2, 8: 5})
    assert verdicts(written, "redis")[5] is False
    grown = a_run(load=[(float(second), {"web": (second * 0.1, 100.0 + 5 * second)}) for second in range(11)])
    assert verdicts(grown, "redis")[6] is False
    each = a_run()
    each.heard["texts"] += [[[8, 2 + number, RUNNING]] for number in range(12)]
    each.heard["heard"][0] += [[9, 3 + number] for number in range(12)]
    each.last = {7: 2, 8: 2}
    assert (verdicts(each, "redis")[3], verdicts(each, "redis")[4]) == (False, False)


def test_what_a_browser_reads_of_a_card():
    class Message:
        data = (
            '{"html": "<article id=\\"machine-7\\" class=\\"machine machine-warn\\" data-version=\\"12\\"></article>"}'
        )

    browsers, heard = Browsers("", ""), []
    for _twice in range(2):
        browsers.note(Message, heard)
    assert browsers.texts == [[[7, 12, "warn"]]]
    assert [number for _at, number in heard] == [0, 0]
