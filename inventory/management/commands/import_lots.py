"""manage.py import_lots FILE --workspace acme [--dry-run]"""

from inventory.imports.command import ImportCommand


class Command(ImportCommand):
    kind = "lots"
