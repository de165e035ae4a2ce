"""People of a workspace: who may invite, promote and shut out whom; an administrator is always left."""

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from django.core import mail as post_office
from django_scopes import scope

from accounts import people
from accounts.models import Activity, Membership, OutgoingMail, User
from accounts.password_links import PLACE
from accounts.roles import Role, allows
from laseros.core.errors import Refused

pytestmark = pytest.mark.usefixtures("scoped")


@pytest.fixture
def boss(person, workspace):
    return person("admin", workspace)


def member(user):
    return Membership.objects.get(user=user)


def refused(code, verb, *args, **kwargs):
    before = sorted(Membership.objects.values_list("user__email", "role", "is_active"))
    with pytest.raises(Refused) as refusal:
        verb(*args, **kwargs)
    assert refusal.value.code == code
    assert sorted(Membership.objects.values_list("user__email", "role", "is_active")) == before


def test_an_invitation_makes_an_account_and_a_mail_whose_link_only_the_addressee_sees(
    boss, workspace, run_work, client, settings
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.DEFAULT_FROM_EMAIL = "Laser OS <shop@host.example>"
    workspace.name, workspace.email = "Müller, Söhne & Co", "office@cutters.example"
    workspace.save()
    made = people.invite(workspace, " Nomsa@Cutters.example ", "office", boss, name="Nomsa  Dlamini")
    assert (made.user.email, made.user.name, made.role) == ("nomsa@cutters.example", "Nomsa Dlamini", "office")
    assert made.user.has_usable_password() is False
    kept = OutgoingMail.objects.get()
    assert PLACE in kept.text
    assert "/password/reset/key/" not in kept.text + kept.html
    run_work()
    sent = post_office.outbox[0]
    assert sent.to == ["nomsa@cutters.example"]
    written = message_from_bytes(sent.message().as_bytes(), policy=policy.default)["from"].addresses[0]
    assert (written.display_name, written.addr_spec) == ("Müller, Söhne & Co", "shop@host.example")
    assert sent.reply_to == ["office@cutters.example"]
    link = next(line for line in sent.body.splitlines() if "/password/reset/key/" in line)
    path = link.removeprefix(settings.BASE_URL)
    page = client.get(path, follow=True)
    client.post(page.request["PATH_INFO"], {"password1": "correct horse battery", "password2": "correct horse battery"})
    made.user.refresh_from_db()
    assert made.user.check_password("correct horse battery")
    again = client.get(path, follow=True)
    assert b'name="password1"' not in again.content  # it works once
    assert Activity.objects.get(verb="invited").details == {"e-mail": "nomsa@cutters.example", "role": "Office"}


def test_somebody_with_an_account_elsewhere_gets_a_membership_and_no_new_account(
    boss, workspace, other_workspace, person
):
    elsewhere = person("office", other_workspace, email="both@x.example")
    people.invite(workspace, "BOTH@x.example", "viewer", boss)
    assert User.objects.filter(email__iexact="both@x.example").count() == 1
    assert member(elsewhere).role == "viewer"
    assert PLACE not in OutgoingMail.objects.get().text


def test_inviting_twice_is_refused_and_somebody_shut_out_comes_back_in_the_new_role(boss, workspace, office):
    refused("member", people.invite, workspace, office.email, "manager", boss)
    people.deactivate(member(office), boss)
    people.invite(workspace, office.email, "viewer", boss)
    assert (member(office).role, member(office).is_active) == ("viewer", True)


@pytest.mark.parametrize("address", ["", "nobody", "a@b", "a b@c.example"])
def test_what_is_no_address_is_refused(boss, workspace, address):
    refused("e-mail", people.invite, workspace, address, "office", boss)


def test_nobody_gives_or_takes_more_than_they_have(manager, boss, office, workspace):
    refused("rank", people.invite, workspace, "new@x.example", "admin", manager)
    refused("rank", people.change_role, member(office), "admin", manager)
    refused("rank", people.change_role, member(boss), "viewer", manager)
    refused("rank", people.deactivate, member(boss), manager)
    refused("role", people.change_role, member(office), "king", boss)
    people.change_role(member(office), "manager", manager)
    assert member(office).role == "manager"


def test_somebody_of_another_workspace_changes_nothing_here(person, other_workspace, office):
    stranger = person("admin", other_workspace)
    refused("rank", people.change_role, member(office), "viewer", stranger)


def test_nobody_changes_their_own_role_or_shuts_themselves_out(boss, manager):
    refused("own-role", people.change_role, member(manager), "admin", manager)
    refused("own-role", people.change_role, member(boss), "viewer", boss)
    refused("own-role", people.deactivate, member(boss), boss)


def test_the_last_administrator_stays(boss, person, workspace):
    root = person("superuser")
    refused("last-admin", people.change_role, member(boss), "viewer", root)
    refused("last-admin", people.deactivate, member(boss), root)
    second = person("admin", workspace, email="second@x.example")
    people.deactivate(member(second), boss)
    refused("last-admin", people.change_role, member(boss), "office", root)


def test_an_administrator_without_an_account_counts_for_nothing(boss, person, workspace):
    second = person("admin", workspace, email="second@x.example")
    User.objects.filter(pk=second.pk).update(is_active=False)
    refused("last-admin", people.deactivate, member(boss), person("superuser"))


def test_whoever_is_shut_out_sees_nothing_any_more_and_comes_back(boss, office, log_in):
    browser = log_in(office)
    assert browser.get("/admin/").status_code == 200
    people.deactivate(member(office), boss)
    assert browser.get("/admin/").status_code == 302
    people.reactivate(member(office), boss)
    assert browser.get("/admin/").status_code == 200
    verbs = list(Activity.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["deactivated", "reactivated"]


# --- the page ---------------------------------------------------------------------------------------------------------


def test_the_page_of_people_is_the_administrators(boss, manager, office, log_in):
    assert log_in(boss).get("/admin/accounts/membership/add/").status_code == 200
    browser = log_in(manager)
    assert browser.get("/admin/accounts/membership/").status_code == 200
    assert browser.get("/admin/accounts/membership/add/").status_code == 403
    pk = member(office).pk
    assert browser.post(f"/admin/accounts/membership/{pk}/do/role/", {"role": "viewer"}).status_code == 403
    assert log_in(office).get("/admin/accounts/membership/").status_code == 403
    assert member(office).role == "office"


def test_inviting_and_promoting_through_the_page(boss, log_in):
    browser = log_in(boss)
    browser.post("/admin/accounts/membership/add/", {"email": "new@x.example", "name": "New", "role": "operator"})
    made = Membership.objects.get(user__email="new@x.example")
    assert made.role == "operator"
    browser.post(f"/admin/accounts/membership/{made.pk}/do/role/", {"role": "office"})
    made.refresh_from_db()
    assert made.role == "office"
    answer = browser.post(f"/admin/accounts/membership/{member(boss).pk}/do/role/", {"role": "viewer"})
    assert answer.status_code == 409
    assert "Nobody changes their own role." in answer.content.decode()


def test_people_of_another_workspace_are_not_there(boss, log_in, person, other_workspace):
    stranger = person("office", other_workspace)
    with scope(workspace=other_workspace):
        pk = member(stranger).pk
    browser = log_in(boss)
    assert browser.get(f"/admin/accounts/membership/{pk}/change/").status_code == 404
    assert browser.post(f"/admin/accounts/membership/{pk}/do/deactivate/").status_code == 404
    with scope(workspace=other_workspace):
        assert member(stranger).is_active


def test_accounts_and_groups_are_for_superusers(boss, person, log_in):
    for page in ("/admin/accounts/user/", "/admin/auth/group/"):
        assert log_in(boss).get(page).status_code == 403
        assert log_in(person("superuser", email=f"root{len(page)}@x.example")).get(page).status_code == 200


# --- the matrix -------------------------------------------------------------------------------------------------------

CELLS = {
    "crm.view_client": {"admin", "manager", "office", "viewer"},
    "crm.change_client": {"admin", "manager", "office"},
    "inventory.view_item": {"admin", "manager", "office", "operator", "viewer"},
    "inventory.change_item": {"admin", "manager", "office"},
    "inventory.post_move": {"admin", "manager", "office"},
    "inventory.view_move": {"admin", "manager", "office", "viewer"},
    "machines.view_machine": {"admin", "manager", "office", "operator", "viewer"},
    "machines.change_machine": {"admin", "manager"},
    "production.view_job": {"admin", "manager", "office", "operator", "viewer"},
    "production.run_operation": {"admin", "manager", "office", "operator"},
    "production.accept_nonconformance": {"admin", "manager"},
    "production.change_cuttingparameter": {"admin", "manager", "office"},
    "billing.view_invoice": {"admin", "manager", "office", "viewer"},
    "billing.issue_invoice": {"admin", "manager", "office"},
    "billing.receive_payment": {"admin", "manager", "office"},
    "billing.send_reminder": {"admin", "manager", "office"},
    "billing.close_period": {"admin", "manager"},
    "billing.reopen_period": {"admin", "manager"},
    "billing.write_off": {"admin", "manager"},
    "billing.change_pricerules": {"admin", "manager"},
    "accounts.see_money": {"admin", "manager", "office"},
    "accounts.use_back_office": {"admin", "manager", "office", "viewer"},
    "accounts.view_activity": {"admin", "manager", "office", "viewer"},
    "accounts.change_workspace": {"admin", "manager"},
    "accounts.view_membership": {"admin", "manager"},
    "accounts.change_membership": {"admin"},
    "accounts.change_backgroundtask": {"admin", "manager"},
    "accounts.view_outgoingmail": {"admin", "manager", "office"},
    "accounts.change_activity": set(),
    "accounts.delete_activity": set(),
    "accounts.add_user": set(),
    "accounts.change_user": set(),
}


@pytest.mark.parametrize("permission", CELLS)
def test_the_matrix_cell_by_cell(permission):
    assert {role for role in Role.values if allows(role, permission)} == CELLS[permission]


@pytest.mark.parametrize("role", Role.values)
def test_the_groups_say_what_the_matrix_says(role, person, workspace, unscoped):
    user = person(role, workspace)
    with scope(workspace=workspace):
        has = {permission for permission in CELLS if user.has_perm(permission)}
    assert has == {permission for permission, roles in CELLS.items() if role in roles}


def test_the_last_log_in_is_written_as_people_write_it(boss, office, log_in):
    type(office).objects.filter(pk=office.pk).update(last_login=datetime(2026, 11, 21, 6, 28, 59, tzinfo=UTC))
    found = member(office)
    browser = log_in(boss)
    for page in ("", f"{found.pk}/change/"):
        assert "21 Nov 2026, 08:28" in browser.get(f"/admin/accounts/membership/{page}").content.decode()


def test_who_works_here_already_is_said_at_the_address_and_the_rest_stays_typed(boss, office, log_in):
    typed = {"email": office.email, "name": "Somebody else", "role": "viewer"}
    answer = log_in(boss).post("/admin/accounts/membership/add/", typed)
    form = answer.context["adminform"].form
    assert (answer.status_code, form.errors) == (409, {"email": ["Office works here already."]})
    assert {name: form[name].value() for name in typed} == typed
    assert Membership.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "short"),
    [("Ruth Adler", "Ruth"), ("Dr. Sabine Krüger", "Sabine"), ("Prof. Dr.", "Prof."), ("", "mila")],
)
def test_a_title_is_no_name(name, short):
    assert User(name=name, email="mila@example.com").get_short_name() == short
