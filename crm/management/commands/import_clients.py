"""manage.py import_clients FILE --workspace acme [--dry-run]"""

from accounts.imports.command import ImportCommand
from crm.imports import clients


class Command(ImportCommand):
    kind = "clients"
    module = clients
