"""Room for the frames of a whole request, taken once.

Python keeps the frames of a thread in pieces of 16 KB, sixty calls or so. It asks the system for the next piece when
one is full, and gives it back as soon as the first frame in it returns. Templates call deeper than that, and where the
end of a piece falls on what is done for each row of a list, a page asks for memory two thousand times: the activity log
took 20 ms or 36, the list of jobs 33 or 56, by how many calls stood above them. A frame larger than a piece is given a
larger piece, and what it calls stands in the rest of it.
"""

from collections.abc import Callable

WORDS = 66_000  # Python takes twice the next power of two, 1 MB, of which the system gives what is used


def _call(what: Callable, with_it):
    return what(with_it)


with_room = type(_call)(_call.__code__.replace(co_stacksize=WORDS), globals(), "with_room")


class RoomForFrames:
    """Stands before what calls deep, and calls it from a frame with room below."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return with_room(self.get_response, request)
