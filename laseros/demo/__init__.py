"""The demo: two believable businesses with a few months behind them, made the same way each time.

`people` and `ground` set the businesses up through the ordinary verbs, `drawings` draws real DXF files, `story` plans
a history, `books` stores it in bulk, `today` walks the last steps through the real doors.
"""

from laseros.demo.people import PASSWORD, logins

__all__ = ["PASSWORD", "logins"]
