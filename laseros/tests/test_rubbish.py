"""What stays is looked through once."""

import gc

import pytest
from django.core.signals import request_finished

from laseros import rubbish


@pytest.fixture
def frozen(monkeypatch):
    """How often everything there is was put aside; nothing really is, the tests' process has done it for itself."""
    found = []
    monkeypatch.setattr(gc, "freeze", lambda: found.append("frozen"))
    return found


def test_at_the_start_and_once_more_when_the_pages_were_opened(frozen, monkeypatch):
    monkeypatch.setattr(rubbish, "ANSWERS", 3)
    listening = len(request_finished.receivers)
    rubbish.put_aside_when_warm()
    assert frozen == ["frozen"]
    for _answer in range(2):
        request_finished.send(sender=None)
    assert frozen == ["frozen"]
    for _answer in range(5):
        request_finished.send(sender=None)
    assert frozen == ["frozen", "frozen"]
    assert len(request_finished.receivers) == listening
