"""A process that has started Django and forks itself: what it forks is real, and starts in no time.

`python -m laseros.tests.forks` reads a request a line and answers a line, both JSON; `processes` speaks to it.
"""

import functools
import importlib
import json
import os
import sys
import traceback

import django

django.setup()

from django.core.management import execute_from_command_line  # noqa: E402
from django.db import connection  # noqa: E402
from django.urls import get_resolver  # noqa: E402

from laseros import rubbish  # noqa: E402


@functools.cache
def draw_addresses() -> None:
    """What names an address has all of them drawn up first, a quarter of a second: before the fork for all children."""
    get_resolver().reverse_dict  # noqa: B018 (asking for it draws it)


def together(function, argument_lists: list) -> list[dict]:
    """One child for each list of arguments, all let go at the same moment; what they answered."""
    draw_addresses()
    ready_in, ready = os.pipe()
    go, go_out = os.pipe()
    children = []
    for arguments in argument_lists:
        answers, answer = os.pipe()
        child = os.fork()
        if not child:
            os.close(go_out)
            said = json.dumps(answer_of(function, arguments, ready, go)).encode()
            while said:
                said = said[os.write(answer, said) :]
            os._exit(0)
        os.close(answer)
        children.append((child, answers))
    os.close(ready)
    os.close(go)
    for _child in children:
        os.read(ready_in, 1)
    os.close(go_out)  # all at once
    said = []
    for _child, answers in children:
        said.append(b"".join(iter(lambda: os.read(answers, 65536), b"")))  # noqa: B023 (read here and now)
        os.close(answers)
    os.close(ready_in)
    ended = [os.waitpid(child, 0)[1] for child, _answers in children]
    return [
        json.loads(each) if each else {"trouble": f"ended with {code}"} for each, code in zip(said, ended, strict=True)
    ]


def answer_of(function, arguments: list, ready: int, go: int) -> dict:
    try:
        connection.ensure_connection()
        os.write(ready, b"r")
        os.read(go, 1)
        return {"answer": function(*arguments)}
    except BaseException:
        os.write(ready, b"r")  # the others are not kept waiting for it
        return {"trouble": traceback.format_exc()}


def begin(command: str, log: str) -> int:
    """`manage.py command` as a child with a session of its own; its number."""
    child = os.fork()
    if child:
        return child
    os.setsid()
    with open(os.devnull) as nothing, open(log, "ab") as words:
        os.dup2(nothing.fileno(), 0)
        os.dup2(words.fileno(), 1)
        os.dup2(words.fileno(), 2)
    sys.argv = ["manage.py", command]
    execute_from_command_line(sys.argv)
    sys.exit()  # in order: the worker's own processes are waited for then


def ended(child: int, wait: bool) -> bool:
    return os.waitpid(child, 0 if wait else os.WNOHANG)[0] == child


def answer(request: dict):
    if "together" in request:
        module, name = request["together"].split(":")
        return together(getattr(importlib.import_module(module), name), request["arguments"])
    if "begin" in request:
        return begin(request["begin"], request["log"])
    return ended(request["ended"], request["wait"])


if __name__ == "__main__":
    # What a door or a paper needs: none loads it anew.
    for late in ("laseros.asgi", "laseros.urls", "accounts.documents.carried", "xhtml2pdf.pisa"):
        importlib.import_module(late)
    rubbish.put_aside()
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
