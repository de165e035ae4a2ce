"""However many calls stand above a page, its frames have room: memory is not asked for in each row anew."""

import resource

from laseros.core.frames import with_room

CALLS, DEPTHS = 1000, range(400)  # of small frames: more than a piece holds


def faults(work) -> int:
    """Pages of memory that this thread was given while it worked."""
    before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
    work()
    return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before


def below(depth: int, work):
    return below(depth - 1, work) if depth else work()


def row(number: int) -> int:
    return cell(number) + cell(number)


def cell(number: int) -> int:
    return number


def rows(_request=None) -> None:
    for number in range(CALLS):
        row(number)


def test_frames_have_room_at_every_depth():
    worst = max(below(depth, lambda: faults(lambda: with_room(rows, None))) for depth in DEPTHS)
    assert worst < CALLS / 10


def test_without_room_there_is_a_depth_at_which_they_have_none():
    assert max(below(depth, lambda: faults(rows)) for depth in DEPTHS) > CALLS


def test_every_page_is_called_with_room(client, monkeypatch):
    from laseros.core import frames

    seen = []
    monkeypatch.setattr(frames, "with_room", lambda what, request: seen.append(request.path) or what(request))
    assert client.get("/accounts/nowhere/").status_code == 404
    assert seen == ["/accounts/nowhere/"]
