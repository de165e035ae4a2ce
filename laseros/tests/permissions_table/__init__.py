"""Who may open what: one line for each address and method, one column for each person, the exact answer in it.

`login` is a redirection to the log-in; 302 goes on to another page. After the answers stand the records the address is
about and the values that are posted, as `laseros.tests.permissions_ground` names them; {name} is that record's number.
All records belong to the business of operator, viewer, office, manager and admin, documents to `client`; `other_client`
is a contact of another client there, `elsewhere` the administrator of another business.

An address that is not here fails `test_permissions.py`.
"""

from typing import NamedTuple

from laseros.tests.permissions_table.back_office import BACK_OFFICE
from laseros.tests.permissions_table.installation import INSTALLATION
from laseros.tests.permissions_table.rooms import ROOMS
from laseros.tests.permissions_table.verbs import VERBS

__all__ = ["BACK_OFFICE", "INSTALLATION", "PEOPLE", "ROOMS", "VERBS", "Row", "rows"]

PEOPLE = ("anonymous", "client", "other_client", "operator", "viewer", "office", "manager", "admin", "elsewhere")


class Row(NamedTuple):
    method: str
    name: str
    answers: dict[str, str]
    records: tuple[str, ...]
    data: str


def rows(text: str, people: tuple[str, ...], *, named_by: int = 1, method: str = "") -> list[Row]:
    """The lines of a table. With `method` none stands in front; `named_by` words make the name."""
    found = []
    for line in text.splitlines():
        words = line.split()
        if not words or line.startswith("#"):
            continue
        if not method:
            found_method, *words = words
        name, answers, rest = (
            words[:named_by],
            words[named_by : named_by + len(people)],
            words[named_by + len(people) :],
        )
        records = tuple(rest[0].split(",")) if rest and rest[0] != "-" else ()
        for page in name[-1].split(","):
            full = " ".join([*name[:-1], page])
            found.append(
                Row(method or found_method, full, dict(zip(people, answers, strict=True)), records, "".join(rest[1:]))
            )
    return found
