"""What an operator narrows a queue by."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, FilterSet, ModelChoiceFilter

from inventory.models import Material
from production.models import Priority


def _materials(request):
    return Material.objects.order_by("name")


class QueueFilter(FilterSet):
    text = CharFilter(label=_("Job or part"), method="containing")
    material = ModelChoiceFilter(label=_("Material"), method="of_material", queryset=_materials, empty_label=_("All"))
    priority = ChoiceFilter(label=_("Priority"), choices=Priority.choices, empty_label=_("All"))

    def containing(self, rows, name, value):
        return rows.filter(contains(value))

    def of_material(self, rows, name, value):
        return rows.filter(Q(job_line__item__material=value) | Q(sheet__nest__material=value))


def contains(text: str) -> Q:
    """Operations by job, part or nest, as people type it."""
    return (
        Q(job_line__job__number__icontains=text)
        | Q(job_line__description__icontains=text)
        | Q(sheet__nest__number__icontains=text)
    )
