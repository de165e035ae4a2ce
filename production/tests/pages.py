"""Pages of production as a browser asks for them."""

from django.urls import reverse

JSON = {"HTTP_ACCEPT": "application/json"}
HTMX = {"HTTP_HX_REQUEST": "true"}


def page_of(record, action="change") -> str:
    return reverse(f"admin:production_{record._meta.model_name}_{action}", args=[record.pk])


def do(browser, record, name, **data):
    address = reverse(f"admin:production_{record._meta.model_name}_verb", args=[record.pk, name])
    return browser.post(address, data, follow=True)


def text_of(response) -> str:
    return " ".join(response.content.decode().split())
