"""Pieces of a page that are the same on every page, drawn once a process and language.

    {% drawn_once %}<link href="{% static "css/app.css" %}" …>{% enddrawn_once %}
    {% drawn_once workspace.name %}…{% enddrawn_once %}      once for each of these values

What stands inside knows nothing of the request but its language and the values named: no token, nonce, person, path.
"""

from django import template
from django.utils.translation import get_language

register = template.Library()

MOST = 200  # values of one piece; then it begins anew


class DrawnOnce(template.Node):
    def __init__(self, body, values):
        self.body, self.values, self.drawn = body, values, {}

    def render(self, context):
        key = (get_language(), *(value.resolve(context) for value in self.values))
        drawn = self.drawn.get(key)
        if drawn is None:
            if len(self.drawn) >= MOST:
                self.drawn.clear()
            drawn = self.drawn[key] = self.body.render(context)
        return drawn


@register.tag
def drawn_once(parser, token):
    values = [parser.compile_filter(value) for value in token.split_contents()[1:]]
    body = parser.parse(("enddrawn_once",))
    parser.delete_first_token()
    return DrawnOnce(body, values)
