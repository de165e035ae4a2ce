"""What a run says about each limit."""

from bisect import bisect_left
from dataclasses import dataclass

from laseros.bench.fleet.running import Run
from laseros.core.templatetags.laseros import tone

LATE = {"database": 0.5, "redis": 0.1}  # seconds until a change of state is on the screen, 99th percentile
WRITTEN_EVERY = 10.0
MORE_CPU, MORE_CPU_POINTS = 1.2, 3.0
MORE_MEMORY = 1.1
PHASES = {"printing": "running", "paused": "paused", "preparing": "preparing"}


@dataclass(frozen=True)
class Line:
    what: str
    found: str
    limit: str
    holds: bool


def lines(run: Run, bell: str) -> list[Line]:
    delays, missed = _delays(run)
    expected = len(run.changes) * len(run.heard["heard"])
    late = _percentile(delays, 99) if delays else float("inf")
    behind = _behind(run)
    written = _written(run)
    progress, every = _messages(run)
    drawn, received = _drawn(run)
    return [
        Line("changes of state not seen", f"{missed} of {expected}", "0", not missed and expected > 0),
        Line("cards behind at the end, browsers gone", f"{behind}, {len(run.heard['ended'])}", "0, 0",
             not behind and not run.heard["ended"]),
        Line("change of state on the screen, 50 / 90 / 99 % / latest",
             " / ".join(f"{_percentile(delays, share) * 1000:.0f}" for share in (50, 90, 99, 100)) + " ms"
             if delays else "–", f"99 %: {LATE[bell] * 1000:.0f} ms", late <= LATE[bell]),
        Line("messages of progress a second, busiest browser", f"{progress:.2f} (all: {every:.2f})", "1",
             progress <= 1.05),
        Line("messages drawn, of those received", f"{drawn} of {received}", "once for all",
             drawn <= received / len(run.heard["heard"]) + 2),
        Line(f"seconds between two writes of a quiet machine, least of {len(run.quiet)}", f"{written:.1f}",
             f"{WRITTEN_EVERY:g}", written >= WRITTEN_EVERY),
        *(_flat(run, name) for name in run.load[0][1]),
    ]  # fmt: skip


def _delays(run: Run) -> tuple[list[float], int]:
    """(seconds from the machine to a browser for each change and browser, how many never came)."""
    due: dict[int, list] = {}
    for number, phase, at in run.changes:
        due.setdefault(run.machines[number], []).append((at, tone(PHASES[phase])))
    delays, missed, texts = [], 0, run.heard["texts"]
    for heard in run.heard["heard"]:
        seen: dict[int, list] = {pk: [] for pk in due}
        for at, text in heard:
            for pk, _version, shown in texts[text]:
                if pk in seen:
                    seen[pk].append((at, shown))
        for pk, changes in due.items():
            for number, (at, shown) in enumerate(changes):
                until = changes[number + 1][0] if number + 1 < len(changes) else float("inf")
                cards = seen[pk][bisect_left(seen[pk], (at, "")) :]
                came = next((moment for moment, what in cards if what == shown and moment < until + 1), None)
                delays += [came - at] if came else []
                missed += came is None
    return delays, missed


def _behind(run: Run) -> int:
    """Cards of all browsers that, with all machines still, do not show what was written last."""
    behind, texts = 0, run.heard["texts"]
    for heard in run.heard["heard"]:
        shown = {}
        for _at, text in heard:
            shown.update({pk: version for pk, version, _tone in texts[text]})
        behind += sum(shown.get(pk, 0) < version for pk, version in run.last.items())
    return behind


def _messages(run: Run) -> tuple[float, float]:
    """(messages that change no state, all with cards) a second, of the browser that had most of the former."""
    most, texts = (0.0, 0.0), run.heard["texts"]
    for heard in run.heard["heard"]:
        states, progress, every = {}, 0, 0
        for at, text in heard:
            now = {pk: shown for pk, _version, shown in texts[text]}
            if run.began <= at <= run.ended and now:
                every += 1
                progress += all(states.get(pk) == shown for pk, shown in now.items())
            states |= now
        seconds = run.ended - run.began
        most = max(most, (progress / seconds, every / seconds))
    return most


def _drawn(run: Run) -> tuple[int, int]:
    """(different messages with cards, messages with cards) of all browsers while it ran."""
    numbers = [text for heard in run.heard["heard"] for at, text in heard
               if run.began <= at <= run.ended and run.heard["texts"][text]]  # fmt: skip
    return len(set(numbers)), len(numbers)


def _written(run: Run) -> float:
    seconds = run.ended - run.began
    most = max((run.after[pk] - run.before[pk] for pk in run.quiet), default=0)
    # Two writes ten seconds apart may both fall into eleven.
    return seconds / max(1, most - 1) if most > 1 else seconds


def _flat(run: Run, name: str) -> Line:
    """CPU of the first and the last third, memory after the first third and at the end."""
    third = max(1, len(run.load) // 3)
    first, last = _cpu(run.load[: third + 1], name), _cpu(run.load[-third - 1 :], name)
    was, now = run.load[third][1][name][1], run.load[-1][1][name][1]
    flat = last <= first * MORE_CPU + MORE_CPU_POINTS and now <= was * MORE_MEMORY
    found = f"{first:.0f} → {last:.0f} % of a processor, {was:.0f} → {now:.0f} MB"
    return Line(f"{name}: first and last third", found, "flat", flat)


def _cpu(load: list, name: str) -> float:
    (begun, first), (ended, last) = load[0], load[-1]
    return 100 * (last[name][0] - first[name][0]) / max(ended - begun, 0.001)


def _percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))]
