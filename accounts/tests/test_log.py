"""The activity log as a page, background work and messages: read, searched, tried again, never rewritten."""

import csv
import io
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from django_scopes import scope

from accounts import activity, work
from accounts.models import Activity, BackgroundTask, OutgoingMail
from accounts.outbox import sending
from crm import clients
from laseros.tests.ground import stock_shop

pytestmark = [pytest.mark.usefixtures("scoped"), pytest.mark.every_database]
PAGE = "/admin/accounts/activity/"


def labels(answer) -> list[str]:
    return [line.target_label for line in answer.context["cl"].result_list]


def text(answer) -> str:
    return answer.content.decode()


def test_the_log_tells_in_sentences_with_links_and_amounts_for_those_who_may(shop, office, person, workspace, log_in):
    activity.record("issued", shop.client, office, details={"why": ["a", "b"]}, money={"total": ["10.00", "20.50"]})
    browser = log_in(office)
    page = text(browser.get(PAGE))
    assert f'href="/admin/crm/client/{shop.client.pk}/change/"' in page
    assert "R20,50" in page.replace("\xa0", "")
    assert "R20,50" not in text(log_in(person("viewer", workspace)).get(PAGE)).replace("\xa0", "")


def test_the_log_is_filtered_by_person_deed_kind_and_words(shop, office, manager, log_in):
    clients.archive(shop.client, manager)
    clients.restore(shop.client, office)
    browser = log_in(office)
    verbs = lambda query: [line.verb for line in browser.get(PAGE, query).context["cl"].result_list]  # noqa: E731
    assert verbs({"who": manager.pk}) == ["archived"]
    assert verbs({"verb": "restored"}) == ["restored"]
    assert set(verbs({"who": "nobody"})) == {"created", "posted"}
    assert labels(browser.get(PAGE, {"q": "INV-MS"})) == [str(shop.sheet)] * 2
    kind = Activity.objects.filter(verb="archived").values_list("target_type", flat=True).get()
    assert verbs({"kind": kind}) == ["restored", "archived", "created"]
    assert verbs({"at_from": "2001-01-01", "at_to": "2001-01-02"}) == []
    day = timezone.localdate(timezone=ZoneInfo(shop.workspace.timezone))
    assert verbs({"at_from": day, "at_to": day}) == verbs({})
    assert verbs({"at_from": "soon", "at_to": "2001-13-45"}) == verbs({})
    assert verbs({"who": "x", "verb": "y", "kind": "z"}) == verbs({})


def test_the_log_of_another_workspace_is_not_there(shop, other_workspace, office, log_in):
    with scope(workspace=other_workspace):
        stock_shop(other_workspace)
        theirs = Activity.objects.first()
    browser = log_in(office)
    assert len(labels(browser.get(PAGE))) == Activity.objects.count()
    assert browser.get(f"{PAGE}{theirs.pk}/change/").status_code == 404


def test_nobody_adds_changes_or_deletes_a_line(shop, person, workspace, log_in):
    line = Activity.objects.first()
    for user in (person("admin", workspace), person("superuser")):
        browser = log_in(user)
        assert browser.get(f"{PAGE}add/").status_code == 403
        assert browser.post(f"{PAGE}{line.pk}/change/", {"verb": "nothing"}).status_code == 403
        assert browser.post(f"{PAGE}{line.pk}/delete/", {"post": "yes"}).status_code == 403
    with pytest.raises(TypeError):
        line.save()
    with pytest.raises(TypeError):
        line.delete()
    assert Activity.objects.filter(pk=line.pk, verb=line.verb).exists()


def test_the_log_as_a_table(shop, office, person, workspace, log_in):
    activity.record("issued", shop.client, "=cmd", money={"total": "20.50"})
    for user, amount in ((office, True), (person("viewer", workspace), False)):
        content = text(log_in(user).get(f"{PAGE}export/csv/?verb=issued")).lstrip("\ufeff")
        titles, row = list(csv.reader(io.StringIO(content)))
        assert titles == ["When", "Who", "Deed", "Kind", "Record", "Details"]
        assert row[1:5] == ["'=cmd", "issued", "client", str(shop.client)]
        assert ("20,50" in row[5]) is amount


# --- background work ------------------------------------------------------------------------------------------------


@work.task("test: fail at once")
def stumble():
    from laseros.core.errors import Refused

    raise Refused("The line is dead.")


def test_a_failed_task_is_shown_with_its_reason_and_tried_again(workspace, manager, office, log_in):
    row = work.queue(stumble, workspace, subject="plate.dxf")
    work.perform(row.pk)
    page = text(log_in(office).get("/admin/accounts/backgroundtask/"))
    assert ("plate.dxf" in page, "The line is dead." in page) == (True, True)
    retry = f"/admin/accounts/backgroundtask/{row.pk}/do/retry/"
    assert log_in(office).post(retry).status_code == 403
    browser = log_in(manager)
    browser.post(retry)
    row.refresh_from_db()
    assert (row.state, row.tries, row.error) == ("waiting", 0, "")
    assert "no longer possible" in text(browser.post(retry, follow=True))
    assert Activity.objects.filter(verb="retried").count() == 1
    assert browser.post(f"/admin/accounts/backgroundtask/{row.pk}/change/", {"state": "done"}).status_code == 403


def test_a_message_that_failed_is_read_and_sent_again(workspace, manager, log_in, settings):
    message = OutgoingMail.objects.create(
        workspace=workspace, key="q", to="a@b.example", subject="Quote", text="Dear <b>you</b>", state="failed"
    )
    browser = log_in(manager)
    page = text(browser.get(f"/admin/accounts/outgoingmail/{message.pk}/change/"))
    assert "Dear &lt;b&gt;you&lt;/b&gt;" in page
    browser.post(f"/admin/accounts/outgoingmail/{message.pk}/do/send/")
    assert OutgoingMail.objects.get().state == "failed"  # without a reason nothing happens
    browser.post(f"/admin/accounts/outgoingmail/{message.pk}/do/send/", {"why": "he asked"})
    message.refresh_from_db()
    assert message.state == "waiting"
    assert BackgroundTask.objects.filter(name=sending.deliver.task_name, state="waiting").count() == 1
    browser.post(f"/admin/accounts/outgoingmail/{message.pk}/do/send/", {"why": "x"})  # a second click
    assert BackgroundTask.objects.count() == 1


def test_tasks_and_messages_of_another_workspace_are_not_there(workspace, other_workspace, manager, log_in):
    with scope(workspace=other_workspace):
        row = work.queue(stumble, other_workspace)
        work.perform(row.pk)
    browser = log_in(manager)
    assert browser.post(f"/admin/accounts/backgroundtask/{row.pk}/do/retry/").status_code == 404
    assert browser.get("/admin/accounts/backgroundtask/").context["cl"].result_count == 0


def test_a_line_leads_only_where_its_reader_may_go(shop, workspace, manager, person, log_in):
    """A manager reads who was let in, but the page of a member is the administrator's."""
    boss = person("admin", workspace)
    member = boss.memberships.get()
    activity.record("invited", member, boss)
    address = f"/admin/accounts/membership/{member.pk}/change/"
    assert address in text(log_in(boss).get(PAGE))
    browser = log_in(person("office", workspace))
    assert browser.get(address).status_code == 403
    for page in (PAGE, "/admin/"):
        answer = text(browser.get(page))
        assert str(member) in answer
        assert address not in answer
