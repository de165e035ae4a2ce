"""An installation with nothing in it: whoever runs it makes the first business, and nobody a second one this way."""

from accounts.models import Workspace


def test_whoever_runs_an_empty_installation_makes_its_first_business(db, client, person):
    client.force_login(person("superuser"), backend="accounts.backends.WorkspaceRoleBackend")
    assert client.get("/")["Location"] == "/accounts/first/"
    assert client.get("/accounts/first/").status_code == 200
    answer = client.post("/accounts/first/", {"name": "Blech & Co", "country": "DE", "language": "de"})
    assert answer["Location"] == "/admin/"
    made = Workspace.objects.get()
    assert (made.slug, made.currency, made.timezone, made.language) == ("blech-co", "EUR", "Europe/Berlin", "de")
    assert client.get("/admin/").status_code == 200
    assert client.post("/accounts/first/", {"name": "Two", "country": "ZA", "language": "en"})["Location"] == "/"
    assert Workspace.objects.count() == 1
