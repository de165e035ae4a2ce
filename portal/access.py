"""The portal's door: who is looking, for which client, in whose business.

There are two ways in. A signed link opens one document without a log-in (`crm.links`); a person with a log-in sees
everything of the clients they are a contact of. Either way the view gets a `Visitor`, runs inside the scope of that
client's workspace and in its language and time, and starts every query from `visitor.quotes`, `.jobs` or `.invoices`.
Nothing here begins at a manager: a query that begins at one client cannot end at another's record, whatever number
stands in the address, so "not yours" and "not there" cannot differ.
"""

import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django_scopes import scope, scopes_disabled
from guardian.shortcuts import get_objects_for_user

from accounts.models import User, Workspace
from billing import online
from crm import links
from crm.families import living, theirs
from crm.models import AccessLink, Client, Contact
from laseros.core.errors import NotFound
from production import client_material
from production.models import Origin

SESSION_KEY = "portal_client"
MODULE = "portal"


@dataclass(frozen=True)
class Visitor:
    """Who looks at the portal, and the records they can reach: all of one client, or the one a link names."""

    client: Client
    contact: Contact | None
    workspace: Workspace
    name: str  # written under what they decide
    user: User | None = None
    link: AccessLink | None = None
    token: str = ""
    clients: tuple[Client, ...] = ()  # every client this person may look at

    @property
    def by(self) -> User | str:
        """For the activity log: the person who is logged in, otherwise the name on the link."""
        return self.user or self.name

    @property
    def sees_money(self) -> bool:
        """Whether prices, quotes and invoices are for them; a link that names no person was sent to the client."""
        return self.contact is None or self.contact.sees_money

    @property
    def may_order(self) -> bool:
        return self.contact is None or (self.contact.may_order and self.contact.sees_money)

    @property
    def manages_people(self) -> bool:
        return self.link is None and self.contact is not None and self.contact.manages_people

    @property
    def may_approve(self) -> bool:
        """Whether they answer for what is made; that needs no look at prices."""
        return self.contact is None or self.contact.may_order

    @property
    def quotes(self):
        """Offers that were sent at some time; drafts are nobody's business."""
        rows = theirs(self.client, "quotes").filter(sent_at__isnull=False)
        return self._reach(rows, "quote") if self.sees_money else rows.none()

    @property
    def may_upload(self) -> bool:
        is_open = online.is_on(self.workspace) and self.client.archived_at is None
        return self.link is None and self.contact is not None and is_open

    @property
    def enquiries(self):
        """What they handed in themselves; a link names one document and shows none of it."""
        rows = theirs(self.client, "enquiries").filter(origin=Origin.PORTAL).exclude(state="basket")
        return rows if self.link is None else rows.none()

    @property
    def jobs(self):
        return self._reach(theirs(self.client, "jobs"), "job")

    @property
    def invoices(self):
        rows = theirs(self.client, "invoices").filter(number__isnull=False)
        return self._reach(rows, "invoice") if self.sees_money else rows.none()

    @property
    def deliveries(self):
        """What has left the house for them; what is being packed is nobody's business."""
        rows = theirs(self.client, "deliveries").filter(shipped_on__isnull=False).exclude(state="cancelled")
        return self._reach(rows, "delivery")

    @property
    def statements(self):
        rows = theirs(self.client, "account_statements")
        return self._reach(rows, "accountstatement") if self.sees_money else rows.none()

    @property
    def order_papers(self):
        """Confirmations and pro forma invoices; a link shows those of its job or quote."""
        rows = theirs(self.client, "order_papers") if self.sees_money else self.client.order_papers.none()
        if self.link is None:
            return rows
        kind = self.link.target_type.model
        if kind == "job":
            return rows.filter(Q(job=self.link.target_id) | Q(quote__job=self.link.target_id))
        return rows.filter(quote=self.link.target_id) if kind == "quote" else rows.none()

    @property
    def material(self):
        """What the client left with the business; a link names one document and shows none of it."""
        rows = client_material.of(self.client)
        return rows if self.link is None else rows.none()

    def _reach(self, rows, kind: str):
        if self.link is None:
            return rows
        return rows.filter(pk=self.link.target_id) if self.link.target_type.model == kind else rows.none()


def for_client(view):
    """Give `view(request, visitor, …)` its visitor, within their workspace; turn everybody else away.

    An address with a `token` is a link and asks nothing else; without one the person must be logged in and a contact.
    A bad link of any kind is the same calm 404. Staff who are nobody's contact get a page that says so (403): that
    depends on the person alone and tells nothing about any document.
    """

    @wraps(view)
    def door(request, *args, token: str | None = None, **kwargs) -> HttpResponse:
        if token is None and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        visitor = _by_log_in(request) if token is None else _by_link(request, token)
        if visitor is None:
            return _turned_away(request, token)
        with _inside(request, visitor):
            try:
                response = view(request, visitor, *args, **kwargs)
            except (Http404, NotFound):
                response = render(request, "portal/not_here.html", {"visitor": visitor}, status=404)
            response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return _kept_private(response)

    return door


def clients_of(user: User) -> list[Client]:
    """The clients `user` is a contact of and may act for, by business and name.

    Both are asked: the permission (object by object, so no role and no superuser has it for all), and the contact
    itself, so that removing either shuts the door.
    """
    with scopes_disabled():
        allowed = get_objects_for_user(
            user, "crm.act_for_client", klass=Client, use_groups=False, with_superuser=False, accept_global_perms=False
        )
        # The contact comes first in the query's plan: a person has few, a business has many clients.
        rows = allowed.filter(contacts__user=user, workspace__is_active=True).select_related("workspace")
        return [row for row in rows.order_by("workspace__name", "name", "id") if MODULE in row.workspace.modules]


def _by_log_in(request) -> Visitor | None:
    clients = clients_of(request.user)
    if not clients:
        return None
    wanted = request.session.get(SESSION_KEY)
    client = next((client for client in clients if client.pk == wanted), clients[0])
    with scope(workspace=client.workspace):
        contact = client.contacts.filter(user=request.user).first()
    if contact is None:  # taken away a moment ago
        return None
    return Visitor(
        client=client,
        contact=contact,
        workspace=client.workspace,
        name=contact.name,
        user=request.user,
        clients=tuple(clients),
    )


def _by_link(request, token: str) -> Visitor | None:
    link = links.open_token(token)
    if link is None or MODULE not in link.workspace.modules:
        return None
    client = living(link.client)
    return Visitor(
        client=client,
        contact=link.contact,
        workspace=link.workspace,
        name=link.contact.name if link.contact else client.name,
        # Whoever is logged in while following a link (the office trying it) is logged under their own name.
        user=request.user if request.user.is_authenticated else None,
        link=link,
        token=token,
    )


def linked_job(token: str) -> int | None:
    """The job a link opens now, for a socket that has no page; None for a bad link, or one to something else."""
    link = links.open_token(token)
    if link is None or MODULE not in link.workspace.modules or link.target_type.model != "job":
        return None
    with scope(workspace=link.workspace):
        return living(link.client).jobs.filter(pk=link.target_id).values_list("pk", flat=True).first()


@contextmanager
def _inside(request, visitor: Visitor) -> Iterator[None]:
    """The visitor's workspace is open, in its language and time, and the page wears its colours."""
    workspace = visitor.workspace
    language = (visitor.link is None and visitor.user.language) or workspace.language
    request.workspace = workspace
    request.LANGUAGE_CODE = language
    with (
        scope(workspace=workspace),
        translation.override(language),
        timezone.override(zoneinfo.ZoneInfo(workspace.timezone)),
    ):
        yield


def _turned_away(request, token: str | None) -> HttpResponse:
    if token is not None:
        request.workspace = None
        return _kept_private(render(request, "portal/no_link.html", status=404))
    return _kept_private(render(request, "portal/no_client.html", status=403))


def _kept_private(response: HttpResponse) -> HttpResponse:
    """No cache on the way, no search engine, and no other site learns an address with a token in it."""
    if not response.has_header("Cache-Control"):
        add_never_cache_headers(response)
    patch_vary_headers(response, ["Cookie"])
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "same-origin"
    return response
