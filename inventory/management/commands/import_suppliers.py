"""manage.py import_suppliers FILE --workspace acme [--dry-run]"""

from accounts.imports.command import ImportCommand
from inventory.imports import suppliers


class Command(ImportCommand):
    kind = "suppliers"
    module = suppliers
