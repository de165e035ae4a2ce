"""No provider: clients pay as the invoice says, and the office books it."""

from billing.cards.contract import NotTheirs, Said, Wanted


class Manual:
    is_online = False

    def page(self, wanted: Wanted, secret: str) -> str:
        raise ValueError("nothing is paid online")

    def read(self, headers, body: bytes, secret: str, now: float) -> Said | None:
        raise NotTheirs("nobody sends anything")

    def refund(self, reference, amount, currency, key, secret) -> None:
        """The money goes back the way the office sends it."""
