"""A profile that another test had is as good as a new one."""

import pytest

from laseros.tests.browser import chromium, profile  # noqa: F401 (a fixture)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LEAVE = "localStorage.left = 1; sessionStorage.left = 2; document.cookie = 'left=3'"
LEFT = "[localStorage.left, sessionStorage.left, document.cookie.includes('left')]"


def test_nothing_is_left_in_it_and_nobody_else_has_it(live_server, chromium):  # noqa: F811
    asked = {"base_url": live_server.url, "locale": "en-ZA"}
    with profile(**asked) as before:
        page = before.new_page()
        page.goto("/accounts/login/")
        page.evaluate(LEAVE)
        assert page.evaluate(LEFT) == ["1", "2", True]
        before.set_offline(True)
    with profile(**asked) as again, profile(**asked) as beside, profile(**{**asked, "locale": "de-DE"}) as german:
        assert again is before
        assert before not in (beside, german)
        assert again.pages == []
        page = again.new_page()
        page.goto("/accounts/login/")
        assert page.evaluate(LEFT) == [None, None, False]
