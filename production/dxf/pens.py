"""What each pen of a drawing is for: layer, colour and linetype against the rules of the shop and the usual names."""

from production.dxf.document import Document
from production.dxf.layers import check_rules, is_said, role_of_pen

HATCH = "hatch"  # the linetype by which a rule makes the edges of hatches curves


class Asked:
    """What whoever asks for a measurement says about layers."""

    def __init__(self, cut_layers: list[str] | None, rules: list[dict] | None):
        self.layers = None if cut_layers is None else {name.strip().casefold() for name in cut_layers}
        self.rules = check_rules(rules)
        self.hatches = any(linetype and linetype.fullmatch(HATCH) for _, _, linetype, _, _ in self.rules)


class Pens:
    """Layer name, look, role, if the layer is hidden and if a person said the role, of every pen by its number."""

    def __init__(self, document: Document, asked: Asked):
        layers = [document.decode(name) for name in document.layer_names]
        hidden = [name.upper() in document.hidden_layers for name in document.layer_names]
        self.names = [layers[pen.layer] for pen in document.pens]
        self.hidden = [hidden[pen.layer] for pen in document.pens]
        self.looks = [document.look(pen) for pen in document.pens]
        told = list(zip(self.names, self.looks, self.hidden, strict=True))
        self.roles = [role_of_pen(name, *look, hide, asked.rules, asked.layers) for name, look, hide in told]
        self.said = [is_said(name, *look, hide, asked.rules, asked.layers) for name, look, hide in told]
