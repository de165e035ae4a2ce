"""What cannot be priced, said in words fit for the person who asked."""

from laseros.core.errors import Refused


class PricingError(Refused, ValueError):
    """A number that no price can be made from."""

    def __init__(self, reason: str, code: str = "pricing", **details):
        super().__init__(reason, code, **details)


class TooBig(PricingError):
    """The part does not fit on the sheet in either orientation."""

    def __init__(self, reason: str, **details):
        super().__init__(reason, "too_big", **details)
