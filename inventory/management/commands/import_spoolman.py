"""manage.py import_spoolman FILE --workspace acme [--dry-run]"""

from accounts.imports.command import ImportCommand
from inventory.imports import spoolman


class Command(ImportCommand):
    kind = "spoolman"
    module = spoolman
