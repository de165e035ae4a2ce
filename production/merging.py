"""What becomes of drawings, baskets and material of a client that is merged into another."""

from django.db.models import F, Max
from django.utils.translation import gettext as _

from crm import merging
from crm.models import Client
from inventory import lots
from production.client_material import owner_key
from production.models import DesignFile, Enquiry, EnquiryLine, LayerRule


def _follow(winner: Client, loser: Client, by) -> dict[str, list[str]]:
    _drop_contradicted_rules(winner, loser)
    moved = {str(Enquiry._meta.verbose_name_plural): _fold_baskets(winner, loser)}
    material = lots.change_owner(owner_key(loser.pk), owner_key(winner.pk), str(winner))
    return {kind: names for kind, names in {**moved, _("material"): material}.items() if names}


def _drop_contradicted_rules(winner: Client, loser: Client) -> None:
    """Where both say what a layer means, the one that stays is right."""
    said = {_meant(rule) for rule in LayerRule._base_manager.filter(client=winner)}
    for rule in LayerRule._base_manager.filter(client=loser):
        if _meant(rule) in said:
            rule.delete()


def _meant(rule: LayerRule) -> tuple:
    return rule.layer.casefold(), rule.color, rule.linetype.casefold()


def _fold_baskets(winner: Client, loser: Client) -> list[str]:
    """Somebody who is a contact of both, with something begun at both, has all of it in one basket."""
    names = []
    baskets = Enquiry._base_manager.filter(state="basket")
    for old in baskets.filter(client=loser, contact__user__isnull=False).select_related("contact"):
        new = baskets.filter(client=winner, contact__user=old.contact.user_id).first()
        if new is None:
            continue
        last = EnquiryLine._base_manager.filter(enquiry=new).aggregate(last=Max("position"))["last"] or 0
        EnquiryLine._base_manager.filter(enquiry=old).update(enquiry=new, position=F("position") + last)
        DesignFile._base_manager.filter(enquiry=old).update(enquiry=new)
        names.append(f"{old} → {new}")
        old.delete()
    return names


merging.step(_follow)
