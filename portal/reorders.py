"""What was ordered before, ordered again: one tap puts it into the basket, at today's prices."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from laseros.core.errors import Refused
from portal.filters import OrderedFilter
from portal.lists import leaf_of
from portal.uploads import for_uploader
from production import baskets


@require_safe
@for_uploader
def ordered(request, visitor):
    rows = baskets.ordered_by(visitor.client).select_related("job", "item__material", "product", "design_file")
    found = OrderedFilter(request.GET, queryset=rows)
    context = {"visitor": visitor, "page": leaf_of(request, found.qs), "form": found.form}
    return render(request, "portal/ordered.html", context)


@require_POST
@for_uploader
def again(request, visitor, line):
    row = get_object_or_404(baskets.ordered_by(visitor.client).select_related("job", "product"), pk=line)
    return _into_the_basket(request, visitor, [row])


@require_POST
@for_uploader
def job_again(request, visitor, pk):
    job = get_object_or_404(visitor.jobs, pk=pk)
    return _into_the_basket(request, visitor, job.lines.select_related("job", "product").order_by("position", "id"))


def _into_the_basket(request, visitor, lines):
    try:
        came = baskets.again(visitor.client, visitor.contact, lines, visitor.by)
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        if came:
            said = ngettext("%(count)s part at today\u2019s price.", "%(count)s parts at today\u2019s prices.", came)
            messages.success(request, said % {"count": came})
        else:
            messages.info(request, _("It is here already."))
    return redirect("portal:upload")
