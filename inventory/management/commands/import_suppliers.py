"""manage.py import_suppliers FILE --workspace acme [--dry-run]"""

from inventory.imports.command import ImportCommand


class Command(ImportCommand):
    kind = "suppliers"
