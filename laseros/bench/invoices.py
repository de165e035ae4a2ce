"""Many processes issue the same drafts, some break off and some are killed: no number is missing or drawn twice, and
every document has its papers and its seal. What the dead left lying about is swept."""

import os
import random
import re
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django_scopes import scope

from accounts.models import Sequence, Workspace
from billing import invoices, totals, verifying
from billing.documents.sweeping import sweep
from billing.models import Invoice, InvoiceLine
from crm.models import Address, Client
from laseros.bench.storm import let_go
from laseros.core.errors import Refused
from laseros.core.retry import retried

BREAKS_OFF = 0.25
EVERY = 3.0  # seconds between two kills: whoever begins has to read the rules of e-invoices first


class Stop(Exception):
    """A transaction that breaks off."""


@dataclass
class Outcome:
    issued: int = 0
    killed: int = 0
    swept: int = 0
    seconds: float = 0
    wrong: list[str] = field(default_factory=list)


def ground(workspace: Workspace, count: int) -> None:
    """A German business, so that every invoice has its XML too, and drafts of one to four lines."""
    fields = {"name": "Storm GmbH", "country": "DE", "currency": "EUR", "language": "de", "email": "a@storm.example",
              "phone": "+49 341 1", "vat_number": "DE123456789", "address": "Sturmweg 1\n04109 Leipzig",
              "bank_details": "IBAN DE02120300000000202051", "tax_number": "231/123/12345"}  # fmt: skip
    Workspace.objects.filter(pk=workspace.pk).update(**fields)
    workspace.refresh_from_db()
    chance = random.Random(11)  # noqa: S311
    with scope(workspace=workspace):
        client = Client.objects.create(workspace=workspace, code="CL-0001", name="Blitz AG", email="b@blitz.example")
        Address.objects.create(
            workspace=workspace, client=client, street="Weg 2", postcode="04109", city="Leipzig", country="DE"
        )
        for number in range(count):
            draft = Invoice.objects.create(
                workspace=workspace, client=client, currency="EUR", supplied_on=timezone.localdate()
            )
            for position in range(1, chance.randint(2, 5)):
                line = InvoiceLine(
                    workspace=workspace, invoice=draft, position=position, description=f"Teil {number}.{position}",
                    quantity=chance.randint(1, 50), unit_price=Decimal(chance.randint(1, 90_000)) / 100, tax_percent=19,
                )  # fmt: skip
                line.amount = totals.amount_of(line, "EUR")
                line.save()
            invoices.total(draft)


def storm(workspace_pk: int, processes: int = 8, kills: int = 24) -> dict:
    """Until every draft is issued; answers an `Outcome` as a dict."""
    begun, outcome, chance = time.monotonic(), Outcome(), random.Random(7)  # noqa: S311
    let_go()
    children = {_start(workspace_pk, name): name for name in range(processes)}
    while children:
        time.sleep(0.5)
        if outcome.killed < kills and time.monotonic() - begun > EVERY * (outcome.killed + 1):
            victim = chance.choice(list(children))
            os.kill(victim, signal.SIGKILL)
            outcome.killed += 1
        for child in list(children):
            ended, status = os.waitpid(child, os.WNOHANG)
            if not ended:
                continue
            name = children.pop(child)
            if os.WIFSIGNALED(status):
                children[_start(workspace_pk, name)] = name
            elif status:
                outcome.wrong.append(f"process {name} ended with {status}")
    outcome.seconds = time.monotonic() - begun
    workspace = Workspace.objects.get(pk=workspace_pk)
    with scope(workspace=workspace):
        outcome.issued = Invoice.objects.exclude(number=None).count()
        outcome.swept = sweep(workspace, timedelta(0))
        outcome.wrong += [*verifying.wrong(workspace), *_missing(workspace)]
    return vars(outcome)


def _missing(workspace: Workspace) -> list[str]:
    """Numbers from one to the last, each once, each with both papers."""
    rows = list(Invoice.objects.values_list("number", "pdf", "xml", "pdf_sha256", "xml_sha256"))
    wrong = [f"{row[0]} lacks a paper or its print" for row in rows if not all(row)]
    places = Counter(int(re.search(r"(\d+)$", number)[1]) for number, *_papers in rows if number)
    if sorted(places.elements()) != list(range(1, len(rows) + 1)):
        wrong.append(f"the numbers of {len(rows)} invoices are not 1 to {len(rows)}")
    last = Sequence.objects.filter(prefix__startswith="invoice:").values_list("last", flat=True).first()
    return wrong if last == len(rows) else [*wrong, f"the counter stands at {last} of {len(rows)}"]


def _start(workspace_pk: int, name: int) -> int:
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        _work(workspace_pk, name)
        status = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(status)


def _work(workspace_pk: int, name: int) -> None:
    chance = random.Random(f"{name}:{os.getpid()}")  # noqa: S311
    with scope(workspace=Workspace.objects.get(pk=workspace_pk)):
        while pks := list(Invoice.objects.filter(state="draft").values_list("pk", flat=True)[:40]):
            draft = Invoice.objects.get(pk=chance.choice(pks))
            try:
                if chance.random() < BREAKS_OFF:
                    _break_off(draft)
                else:
                    invoices.issue(draft, None)
            except (Refused, Stop):  # somebody else was quicker, or it broke off as it should
                continue


@retried
def _break_off(draft: Invoice) -> None:
    with transaction.atomic():
        invoices.issue(draft, None)
        raise Stop
