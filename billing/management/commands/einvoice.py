"""Write an issued invoice as an electronic one: XRechnung, or Factur-X/ZUGFeRD, as XML or as a PDF with it inside."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django_scopes import scope

from accounts.models import Workspace
from billing import einvoice
from billing.models import Invoice
from laseros.core.errors import Refused


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("number", help="as it stands on the invoice: INV-2026-0001")
        parser.add_argument("--workspace", required=True, help="the short name of the business")
        parser.add_argument("--format", required=True, choices=list(einvoice.FORMATS))
        parser.add_argument("--out", required=True, help="the file to write; - for standard output")

    def handle(self, *args, number, workspace, format, out, **options):
        business = Workspace.objects.filter(slug=workspace).first()
        if business is None:
            raise CommandError(f"There is no business {workspace!r}.")
        with scope(workspace=business):
            invoice = Invoice.objects.select_related("client", "job", "origin").filter(number=number).first()
            if invoice is None:
                raise CommandError(f"There is no issued invoice {number!r} in {workspace}.")
            try:
                content = einvoice.file_of(invoice, format)
            except Refused as refusal:
                raise CommandError(str(refusal.reason)) from None
        if out == "-":
            sys.stdout.buffer.write(content)
            return
        Path(out).write_bytes(content)
        self.stdout.write(f"{out}: {len(content)} bytes")
