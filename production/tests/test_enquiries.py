import pytest
from django.utils import timezone

from crm import clients
from crm.models import Client
from laseros.core.errors import Refused
from production import enquiries
from production.models import Enquiry
from production.tests.ground import new_enquiry

pytestmark = pytest.mark.usefixtures("scoped")


def test_taken_in_under_the_next_number(shop, office):
    first, second = new_enquiry(shop, office), new_enquiry(shop, office)
    year = timezone.localdate().year
    assert (first.number, second.number) == (f"EN-{year}-0001", f"EN-{year}-0002")
    assert (first.state, first.created_by) == ("open", office)


def test_a_contact_of_somebody_else(shop, office, workspace):
    other = clients.register(Client(workspace=workspace, name="Other"), office)
    with pytest.raises(Refused, match="is no contact of"):
        enquiries.take(Enquiry(workspace=workspace, client=other, contact=shop.contact, title="x"), office)
    assert Enquiry.objects.count() == 0


def test_lost_and_opened_again(shop, office):
    enquiry = new_enquiry(shop, office)
    enquiries.lose(enquiry, office, why="too dear")
    with pytest.raises(Refused):
        enquiries.lose(enquiry, office)
    enquiries.reopen(enquiry, office)
    assert enquiry.state == "open"
    with pytest.raises(Refused):
        enquiries.reopen(enquiry, office)


def test_the_only_contact_is_the_one_to_talk_to(shop):
    alone = enquiries.take(Enquiry(workspace=shop.workspace, client=shop.client, title="Plates"), None)
    shop.client.contacts.create(workspace=shop.workspace, name="Sipho")
    among_two = enquiries.take(Enquiry(workspace=shop.workspace, client=shop.client, title="Plates"), None)
    assert (alone.contact, among_two.contact) == (shop.contact, None)
