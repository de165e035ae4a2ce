"""One page of a list."""

from django.core.paginator import Paginator

PAGE = 20


def leaf_of(request, rows):
    """Its rows are read here, so that what is added to them stays on them."""
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    page.object_list = list(page.object_list)
    return page
