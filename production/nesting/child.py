"""A search in a process of its own: the question comes in on standard input, layouts go out on standard output.

    python -m production.nesting.child

It may die, hang or run over its time: whoever started it goes on with what it has said so far.
"""

import gc
import itertools
import json
import os
import resource
import sys
import threading
import time

from production.nesting.layout import Layout
from production.nesting.problem import read
from production.nesting.wire import layout_of, line_of

MEMORY = 3 * 1024**3
FIRST_ROUNDS = 2  # of pieces put one by one, before others may go first


class Listener:
    """Keeps the last layout that was sent in, until it is asked for."""

    def __init__(self, problem, start: str | None):
        self.problem, self.line = problem, start
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in sys.stdin:
            self.line = line
        os._exit(0)  # whoever asked is gone

    def news(self) -> Layout | None:
        line, self.line = self.line, None
        return layout_of(self.problem, json.loads(line)) if line else None


def main() -> None:
    began = time.monotonic()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    gc.disable()  # half a million points are kept in lists: walking through them took half of the time
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints must not get into the answer
    asked = json.loads(sys.stdin.readline())
    problem = read(asked["question"])
    until = began + asked["seconds"]
    listener = Listener(problem, asked.get("start"))

    def offer(layout: Layout) -> None:
        out.write(line_of(layout))
        out.flush()

    if asked["role"] == "strips":
        from production.nesting import stripwise

        os.nice(asked["nice"])
        rounds = stripwise.search(problem, asked["workers"], until, offer, listener.news, asked["plain"])
    elif asked["role"] == "last sheet":
        from production.nesting import stripwise

        fullest = layout_of(problem, json.loads(asked["fullest"])) if asked.get("fullest") else None
        rounds = stripwise.shorten_last(problem, asked["workers"], until, offer, listener.news, fullest)
    else:
        from production.nesting import greedy

        rounds = greedy.search(problem, asked["seed"], until, offer, listener.news)
        for _ in itertools.islice(rounds, FIRST_ROUNDS):  # something soon, however busy the machine is
            pass
        os.nice(asked["nice"])
    for _ in rounds:
        gc.collect()
    out.close()
    os._exit(0)  # a thread of the solver may still run


if __name__ == "__main__":
    main()
