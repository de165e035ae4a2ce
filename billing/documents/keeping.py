"""PDFs kept as they were made, each with its print, and of what has left the house with a link of the chain."""

from collections.abc import Callable

from accounts import documents
from billing import chain, kept


def keep(record, render: Callable[[], bytes]) -> None:
    """As `accounts.documents.keep`; sealed in the same transaction where the chain knows such documents."""
    if type(record) in kept.OF:
        documents.keep(record, render, also=lambda: chain.seal_paper(record))
    else:
        documents.keep(record, render)
