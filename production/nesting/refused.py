"""The one way nesting says no."""


class Refused(Exception):
    """The question itself cannot be answered: `reason` in words, `code` for programs."""

    def __init__(self, reason: str, code: str):
        super().__init__(reason)
        self.reason, self.code = reason, code
