"""Why a drawing was not measured, in words for the person who sent it."""

from laseros.core.errors import Refused as CoreRefused


class Refused(CoreRefused):
    """The drawing cannot be measured. `reason` is a sentence for a client, `code` a slug to translate or test by."""
