"""Papers of which it matters whether they are the first to leave: asked at the moment a mail with one is given away.

An attachment with `"paper": (name, pk)` is such a one. What it says is decided when nothing but the server can stop
it any more, and taken back where the server refuses the mail.
"""

from collections.abc import Callable

from django.core.mail import EmailMessage

from accounts.models import OutgoingMail

# name → for the key of a document the file as it goes out now, and what to do when it did not after all.
PAPERS: dict[str, Callable[[int], tuple[bytes, Callable[[], None]]]] = {}


def leave(message: OutgoingMail, mail: EmailMessage) -> list[Callable[[], None]]:
    """Put in what leaves now. Answers what takes it back."""
    back = []
    for place, attachment in enumerate(message.attachments):
        if "paper" in attachment:
            name, pk = attachment["paper"]
            content, stay = PAPERS[name](pk)
            mail.attachments[place] = mail.attachments[place]._replace(content=content)
            back.append(stay)
    return back
