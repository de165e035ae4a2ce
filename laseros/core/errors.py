"""Refusals: what a verb says when it will not do what was asked."""


class Refused(Exception):
    """A rule said no. `reason` is a sentence for the person who asked; `code` is for tests and interfaces.

    `field=` among the details names what it is about, so that a form can say it there.
    """

    def __init__(self, reason, code: str = "refused", **details):
        super().__init__(str(reason))
        self.reason = reason
        self.code = code
        self.details = details


class NotFound(Refused):
    """ "Not yours" and "not there" are the same answer."""
