"""manage.py import_items FILE --workspace acme [--dry-run]"""

from accounts.imports.command import ImportCommand
from inventory.imports import items


class Command(ImportCommand):
    kind = "items"
    module = items
