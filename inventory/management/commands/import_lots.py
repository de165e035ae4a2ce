"""manage.py import_lots FILE --workspace acme [--dry-run]"""

from accounts.imports.command import ImportCommand
from inventory.imports import lots


class Command(ImportCommand):
    kind = "lots"
    module = lots
