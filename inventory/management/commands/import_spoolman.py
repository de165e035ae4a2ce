"""manage.py import_spoolman FILE --workspace acme [--dry-run]"""

from inventory.imports.command import ImportCommand


class Command(ImportCommand):
    kind = "spoolman"
