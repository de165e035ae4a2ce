"""What layers mean, as people said it: for one drawing, for a client's, for everybody's."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from crm.models import Client
from laseros.core.errors import Refused
from laseros.core.retry import retried
from production.models import DesignFile, LayerRole, LayerRule


def of(row: DesignFile) -> list[dict]:
    """The rules for a drawing, as `production.dxf.measure` takes them; the first that fits counts.

    What was said about this very drawing comes first, then its client's rules, then the business's; in each the ones
    that say more come before those that say less.
    """
    client = row.enquiry.client_id if row.enquiry_id else None
    rules = [rule for rule in LayerRule.objects.order_by("id") if rule.client_id in (None, client)]
    rules.sort(key=lambda rule: (rule.client_id is None, -_precision(rule), rule.pk))
    told = [{"layer": rule["layer"], "color": None, "linetype": None, "role": rule["role"]} for rule in row.roles]
    return told + [
        {"layer": rule.layer or None, "color": rule.color, "linetype": rule.linetype or None, "role": rule.role}
        for rule in rules
    ]


def _precision(rule: LayerRule) -> int:
    exact = bool(rule.layer) and not set("*?") & set(rule.layer)
    return 2 * exact + bool(rule.layer) + bool(rule.linetype) + (rule.color is not None)


def check(rule: LayerRule) -> None:
    """Raises `Refused` for a rule of nothing, or one that is there already."""
    rule.layer, rule.linetype = rule.layer.strip(), rule.linetype.strip()
    if not rule.layer and not rule.linetype and rule.color is None:
        raise Refused(_("Name a layer, a colour or a line type."), code="nothing")
    if rule.color is not None and not 1 <= rule.color <= 255:
        raise Refused(_("Colours are numbers from 1 to 255."), code="color", field="color")
    if _same(rule).exclude(pk=rule.pk).exists():
        raise Refused(_("There is a rule for this already."), code="twice")


def _same(rule: LayerRule):
    return LayerRule.objects.filter(
        client=rule.client, layer__iexact=rule.layer, color=rule.color, linetype__iexact=rule.linetype
    )


@retried
@transaction.atomic
def learn(workspace, layer: str, role: str, by, *, client: Client | None = None) -> LayerRule:
    """A person said what a layer means in all drawings, or in all of a client's: from now on it does."""
    if role not in LayerRole.values:
        raise Refused(_("There is no such role of a layer."), code="role")
    rule = LayerRule(workspace=workspace, client=client, layer=layer[:255], role=role)
    known = _same(rule).first()
    if known is None:
        check(rule)
        rule.created_by = by if getattr(by, "pk", None) else None
        rule.save()
        activity.record("created", rule, by)
        return rule
    if known.role != role:
        before, known.role = known.role, role
        known.save(update_fields=["role"])
        activity.record("changed", known, by, details={"role": [before, role]})
    return known


@retried
@transaction.atomic
def remove(rule: LayerRule, by) -> None:
    activity.record("deleted", rule, by)
    rule.delete()
