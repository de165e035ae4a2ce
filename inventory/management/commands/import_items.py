"""manage.py import_items FILE --workspace acme [--dry-run]"""

from inventory.imports.command import ImportCommand


class Command(ImportCommand):
    kind = "items"
