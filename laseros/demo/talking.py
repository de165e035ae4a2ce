"""What people of the demonstration said to each other: a call, something to come back to, messages on a job."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import get_language

from crm import diary
from laseros.demo.ground import Business
from production import conversation

SAID = {
    "en": (
        "Wants the mounts deburred on both sides from now on, and asks for a price per hundred.",
        "Send the price per hundred motor mounts",
        "Will they be ready before Thursday? Our fitter comes on Friday.",
        "Yes, they are on the machine now. You can collect them on Wednesday.",
        "Edges: check the second sheet, the nozzle was changed in between.",
        "Wonderful. Could you wrap them in pairs?",
    ),
    "de": (
        "Möchte die Griffe künftig ohne sichtbare Naht und fragt nach einem Preis je hundert.",
        "Preis je hundert Handgriffe schicken",
        "Sind sie vor Donnerstag fertig? Am Freitag kommt unser Monteur.",
        "Ja, sie laufen gerade. Am Mittwoch können Sie sie abholen.",
        "Oberfläche prüfen: Die Düse wurde zwischendurch getauscht.",
        "Wunderbar. Könnten Sie sie paarweise einpacken?",
    ),
}


def talk(business: Business, contact) -> None:
    """About the newest job of the client the demo logs in as; the client's last word is still to be read."""
    call, promise, question, answer, note, thanks = SAID[(get_language() or "en")[:2]]
    office, client = business.people["office"], contact.client
    at = timezone.now() - timedelta(days=2)
    diary.note(client, call, kind="call", key="demo", by=office, at=at, contact=contact)
    diary.follow_up(client, promise, due_on=timezone.localdate(), key="demo", by=office)
    job = client.jobs.order_by("-id").first()
    if job is None:
        return
    theirs = {"side": conversation.CLIENT, "by": contact.user, "name": contact.name}
    ours = {"side": conversation.SHOP, "by": office}
    conversation.write(job, question, key="demo-1", **theirs)
    conversation.seen(job, conversation.SHOP)
    conversation.write(job, answer, key="demo-2", **ours)
    conversation.write(job, note, key="demo-3", internal=True, **ours)
    conversation.seen(job, conversation.CLIENT)
    conversation.write(job, thanks, key="demo-4", **theirs)
