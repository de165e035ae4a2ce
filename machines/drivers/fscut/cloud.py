"""Asking the maker's cloud: signed, one question a second, and none for a while after it said that it had enough."""

import asyncio
import hashlib
import json
import time

from yarl import URL

from laseros.core.drivers import CredentialsRefused, Unreachable
from machines.drivers.http import Answered, Api, base_of
from machines.drivers.said import table, text, whole

HOST = "https://mcs-gateway.fscut.com"
HERE = ("127.0.0.1", "::1", "localhost")  # nothing is told on the way to this very computer
ONE_EVERY = 1.0  # seconds between two questions of one account, whatever machines they are about
ZONE = "Asia/Shanghai"  # the documented zone of its times, and one without summer time

UNKNOWN_APP, EXPIRED, WRONG_TIME, WRONG_SIGN = 1001, 1002, 1003, 1005
NOT_ALLOWED, USED_UP, TOO_OFTEN, NOT_OURS = 1007, 1008, 1009, 1010
CREDENTIALS = (1000, UNKNOWN_APP, EXPIRED, 1004, WRONG_SIGN)
WORDS = {
    UNKNOWN_APP: "the cloud does not know this app id",
    EXPIRED: "this app id has expired",
    WRONG_TIME: "our clock and the cloud's are more than ten minutes apart",
    WRONG_SIGN: "the app secret is wrong",
    NOT_ALLOWED: "this account may not ask for it",
    USED_UP: "today's number of questions is used up",
    TOO_OFTEN: "it was asked too often",
    NOT_OURS: "this control card is not among the account's machines",
}
# So long the same is not asked again after this answer. Nobody says when a new day begins there.
RESTS = {NOT_ALLOWED: 900.0, USED_UP: 1800.0}

# By address, account and question, for all machines this process watches: a connection that is built anew knows it.
_resting: dict[tuple[str, str, str], tuple[float, int]] = {}
_next_turn: dict[tuple[str, str], float] = {}


class Refused(Exception):
    """The cloud answered, and it was a no. `code` is its own, None where it gave none."""

    def __init__(self, code: int | None, words: str = ""):
        super().__init__(WORDS.get(code) or _quoted(code, words))
        self.code = code


def _quoted(code: int | None, words: str) -> str:
    return f"the cloud says: {words or code}"


def address_of(said: str) -> URL:
    """Raises `Unreachable` where app secret and answers would travel unencrypted."""
    said = (said or "").strip() or HOST
    base = base_of(said if "://" in said else f"https://{said}", 443)
    if base.scheme != "https" and base.host not in HERE:
        raise Unreachable("the cloud is asked over https only")
    return base


class Cloud:
    def __init__(self, host: str, app_id: str, secret: str):
        self.api = Api(address_of(host))
        self.app_id, self.secret = app_id, secret

    async def open(self) -> None:
        await self.api.open()

    async def close(self) -> None:
        await self.api.close()

    async def ask(self, path: str, body: dict, *, anew: bool = False):
        """The `data` of the answer; `anew` also where a no is fresh. Raises `Refused`, `Unreachable` or
        `CredentialsRefused`.
        """
        question = (str(self.api.base), self.app_id, path)
        until, code = _resting.get(question, (0.0, None))
        if time.monotonic() < until and not anew:
            raise Refused(code)
        await self._turn()
        said = await self._said(path, body)
        code = whole(said.get("status"))
        if code == 0:
            return said.get("data")
        if code in RESTS:
            _resting[question] = time.monotonic() + RESTS[code], code
        if code in CREDENTIALS:
            raise CredentialsRefused(str(Refused(code, text(said.get("msg"), 120))))
        raise Refused(code, text(said.get("msg"), 120))

    async def _said(self, path: str, body: dict) -> dict:
        try:
            return table(await self.api.post(path, body, headers=signed(self.app_id, self.secret)))
        except Answered as error:
            said = _table_in(error.body)
            if whole(said.get("status")):
                return said
            raise Refused(None, f"HTTP {error.status}") from None

    async def _turn(self) -> None:
        account = (str(self.api.base), self.app_id)
        now = time.monotonic()
        turn = max(now, _next_turn.get(account, 0.0))
        _next_turn[account] = turn + ONE_EVERY
        if turn > now:
            await asyncio.sleep(turn - now)


def _table_in(body: bytes) -> dict:
    try:
        return table(json.loads(body))
    except (ValueError, RecursionError):
        return {}


def signed(app_id: str, secret: str, now: float | None = None) -> dict[str, str]:
    """Who asks, and when in milliseconds: both go with the secret into the sign."""
    stamp = str(int((time.time() if now is None else now) * 1000))
    sign = hashlib.md5(f"{app_id}{secret}{stamp}".encode(), usedforsecurity=False).hexdigest()
    return {"app-id": app_id, "time-stamp": stamp, "app-sign": sign, "zoneId": ZONE}
