"""Tags: put on many clients at once through the list, filtered by, exported."""

import re

import pytest

from accounts.models import Activity
from crm import clients
from crm.models import Client, Tag

pytestmark = [pytest.mark.usefixtures("scoped"), pytest.mark.one_database]
LIST = "/admin/crm/client/"


def test_many_get_a_tag_and_lose_it_again(
    shop, workspace, other_workspace, office, log_in, django_assert_max_num_queries
):
    far = Tag.objects.create(workspace=other_workspace, name="Far")
    key = Tag.objects.create(workspace=workspace, name="Key account", colour="violet")
    rows = [shop.client, *(clients.register(Client(workspace=workspace, name=f"C{n}"), office) for n in range(3))]
    browser = log_in(office)
    chosen = {"action": "put_tag", "_selected_action": [row.pk for row in rows[:2]]}
    asked = browser.post(LIST, chosen)
    assert "2 clients are chosen" in asked.content.decode()
    assert not Client.tags.through.objects.exists()
    for tag, count in ((far, 0), (key, 2), (key, 2)):
        browser.post(LIST, chosen | {"tag": tag.pk})
        assert Client.tags.through.objects.count() == count
    told = Activity.objects.filter(verb="changed").values_list("target_id", "details")
    assert sorted(pk for pk, details in told if details == {"tags": ["", "Key account"]}) == [
        row.pk for row in rows[:2]
    ]
    listed = browser.get(f"{LIST}?tag={key.pk}")
    assert {row.pk for row in listed.context["cl"].result_list} == {row.pk for row in rows[:2]}
    assert 'lo-tag-violet">Key account' in listed.content.decode()
    boxes = re.findall(r'name="_selected_action" value="(\d+)"', listed.content.decode())
    assert {int(pk) for pk in boxes} == {row.pk for row in rows[:2]}
    assert browser.get(f"{LIST}?tag=nonsense").status_code == 200
    exported = browser.get(f"{LIST}export/csv/").content.decode("utf-8-sig")
    assert "Tags" in exported.splitlines()[0]
    assert sum("Key account" in line for line in exported.splitlines()) == 2
    browser.post(LIST, {"action": "take_tag", "_selected_action": [rows[0].pk, rows[3].pk], "tag": key.pk})
    assert list(key.clients.all()) == [rows[1]]
    for client in rows:
        client.tags.add(key)
    with django_assert_max_num_queries(19):
        browser.get(LIST)
    browser.post(f"/admin/crm/tag/{key.pk}/do/delete/")
    assert (Tag.objects.filter(workspace=workspace).count(), Client.objects.count()) == (0, 4)
