"""Where a request comes from, behind proxies or not: nobody writes an address for themselves."""

import subprocess
import sys

import pytest
from django.conf import settings as house
from django.test import RequestFactory

from laseros.core.visitors import address_of

SAID = "6.6.6.6, 203.0.113.9, 10.0.0.2"


@pytest.mark.parametrize(
    ("trusted", "forwarded", "expected"),
    [
        (0, SAID, "10.0.0.1"),  # no proxy: the header is the visitor's own
        (1, SAID, "10.0.0.2"),
        (2, SAID, "203.0.113.9"),
        (1, "203.0.113.9", "203.0.113.9"),
        (2, "6.6.6.6", "10.0.0.1"),  # came past one of them
        (1, "<script>", ""),
        (1, "", "10.0.0.1"),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_the_last_proxies_of_ours_count(settings, trusted, forwarded, expected):
    settings.TRUSTED_PROXIES = trusted
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": forwarded})
    assert address_of(request) == expected


def test_fewer_than_no_proxies_is_no_setting(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", "import laseros.settings"],
        cwd=house.BASE_DIR,
        env={"DATA_DIR": str(tmp_path), "TRUSTED_PROXIES": "-1", "PATH": "/usr/bin"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "TRUSTED_PROXIES is how many proxies stand in front: 0 or more." in done.stderr
