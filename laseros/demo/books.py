"""A planned history into the database, in bulk: what the verbs would have left behind, with the same keys."""

import datetime as dt
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext

from accounts.models import Activity, Sequence
from billing import chain, totals
from billing.models import Allocation, Delivery, Invoice, InvoiceLine, Payment, Quote, QuoteLine, Seal
from crm.models import Address, Client, Contact
from inventory.models import Balance, Item, Move, Reservation
from laseros.core import numbering
from laseros.core.money import cents
from laseros.demo import departures, milestones
from laseros.demo.clients import buyer_of, name_of
from laseros.demo.ground import Business
from laseros.demo.story import Order
from production.models import DesignFile, Enquiry, EnquiryLine, Job, JobLine, Milestone, Operation, Run

BATCH = 500
CENT = Decimal("0.01")


class Numbers:
    """The counters of a business, kept in memory while the history is written and stored at its end."""

    def __init__(self, workspace):
        self.workspace = workspace
        self.last = Counter()

    def draw(self, kind: str, day: dt.date, **parts) -> str:
        form = self.workspace.number_formats.get(kind) or numbering.DEFAULTS[kind]
        prefix, suffix, width = numbering.split(form, day, **parts)
        key = f"{kind}:{prefix}…{suffix}"
        self.last[key] += 1
        return f"{prefix}{self.last[key]:0{width}d}{suffix}"

    def draw_position(self, kind: str) -> int:
        self.last[f"{kind}:"] += 1
        return self.last[f"{kind}:"]

    def store(self) -> None:
        Sequence.objects.bulk_create(
            [Sequence(workspace=self.workspace, prefix=key, last=last) for key, last in self.last.items()],
            batch_size=BATCH,
        )


class Books:
    """Writes chunks of orders; `close` settles stock and counters when the last chunk is in."""

    def __init__(self, business: Business, drawings: dict[str, DesignFile], numbers: Numbers, price):
        self.business = business
        self.workspace = business.workspace
        self.drawings = drawings  # by design, measured once; every order of the design refers to its file
        self.numbers = numbers
        self.price = price
        self.office = business.people["office"]
        self.operator = business.people["operator"]
        self.stock = Counter({item.pk: Decimal(0) for item in business.items.values()})
        self.reserved = Counter()
        self.value = Counter({item.pk: Decimal(0) for item in business.items.values()})
        self.link = ""  # the last of the chain of issued documents
        self.clients: list[Client] = []
        self.facts: dict[tuple[type, int], dict] = {}  # by client: what an offer, or an invoice, says of both sides
        self.kinds = {
            model: ContentType.objects.get_for_model(model)
            for model in (Enquiry, Quote, Job, Run, Delivery, Invoice, Payment, Client)
        }

    # --- clients --------------------------------------------------------------------------------------------------

    def add_clients(self, count: int, since: dt.datetime) -> None:
        laser = self.business.is_laser
        for number in range(count):
            name, private = name_of(laser, number)
            code = self.numbers.draw("client", since.date())
            self.clients.append(
                Client(
                    workspace=self.workspace, code=code, name=name, kind="private" if private else "business",
                    email=f"{code.lower()}@example.com", phone=f"+{27 if laser else 49} 555 {1000 + number}",
                    created_at=since, discount_percent=Decimal(5) if number % 9 == 0 else Decimal(0),
                )
            )  # fmt: skip
        self.clients = self._create(Client, self.clients)
        self._create(Contact, [
            Contact(workspace=self.workspace, client=client, email=client.email,
                    name=client.name if client.kind == "private" else buyer_of(laser, number))
            for number, client in enumerate(self.clients)
        ])  # fmt: skip
        towns = (("Durban", "4001"), ("Pinetown", "3610")) if laser else (("Leipzig", "04109"), ("Halle", "06108"))
        self._create(Address, [
            Address(workspace=self.workspace, client=client, street=f"{number % 190 + 1} Station Road" if laser
                    else f"Bahnhofstraße {number % 190 + 1}", city=towns[number % 2][0], postcode=towns[number % 2][1],
                    country=self.workspace.country)
            for number, client in enumerate(self.clients)
        ])  # fmt: skip
        self._tell([("created", client, self.office, since, {}) for client in self.clients])

    # --- one chunk of orders --------------------------------------------------------------------------------------

    def write(self, orders: list[Order]) -> None:
        self._put_tax_in(orders)
        enquiries = self._enquiries(orders)
        asked = self._enquiry_lines(orders, enquiries)
        quotes = self._quotes(orders, enquiries, asked)
        jobs = self._jobs(orders, enquiries, quotes)
        lines = self._job_lines(orders, jobs)
        self._work(orders, jobs, lines)
        departures.write(self, orders, jobs, lines)
        self._invoices(orders, jobs, lines)

    def _put_tax_in(self, orders):
        """Plans know no client: whoever is told prices with tax gets those."""
        for order in orders:
            if self.clients[order.client].has_prices_with_tax:
                for line in order.lines:
                    line.priced = self.price(line.part, line.quantity, with_tax=True)

    def _sums(self, amount: Decimal, tax_included: bool) -> dict[str, Decimal]:
        currency = self.workspace.currency
        net, tax = totals.split(amount, self.business.tax_percent, currency, tax_included)
        return {"net": net, "tax": tax, "total": net + tax}

    def _enquiries(self, orders):
        rows = []
        for order in orders:
            state = {"accepted": "won", "declined": "lost", "expired": "lost"}.get(order.decision)
            rows.append(
                Enquiry(
                    workspace=self.workspace, number=self.numbers.draw("enquiry", order.taken.date()),
                    client=self.clients[order.client], title=order.title,
                    state=state or ("quoted" if order.sent else "open"),
                    created_by=self.office, created_at=order.taken, wanted_by=order.due,
                )
            )  # fmt: skip
        rows = self._create(Enquiry, rows)
        self._tell([("created", row, self.office, row.created_at, {}) for row in rows])
        return rows

    def _enquiry_lines(self, orders, enquiries):
        rows = []
        for order, enquiry in zip(orders, enquiries, strict=True):
            for position, line in enumerate(order.lines, start=1):
                part = line.part
                rows.append(
                    EnquiryLine(
                        workspace=self.workspace, enquiry=enquiry, position=position, description=part.title,
                        design_file=self.drawings.get(part.design), item=self.business.items[part.item],
                        quantity=line.quantity, grams_each=Decimal(part.grams) if part.grams else None,
                        minutes_each=Decimal(part.minutes) if part.minutes else None,
                    )
                )  # fmt: skip
        return iter(self._create(EnquiryLine, rows))

    def _quotes(self, orders, enquiries, asked):
        quotes, lines = [], []
        for order, enquiry in zip(orders, enquiries, strict=True):
            client = enquiry.client
            asked_here = [next(asked) for _line in order.lines]
            if order.sent is None:
                quotes.append(None)
                continue
            said, included = sum((line.priced.total for line in order.lines), Decimal(0)), client.has_prices_with_tax
            quote = Quote(
                workspace=self.workspace, number=self.numbers.draw("quote", order.sent.date()), enquiry=enquiry,
                client=client, title=order.title, state=order.decision or "sent",
                currency=self.workspace.currency, valid_until=order.sent.date() + dt.timedelta(days=30),
                tax_included=included, **self._sums(said, included), terms=self.workspace.quote_terms,
                created_by=self.office, created_at=order.sent,
                sent_at=order.sent, decided_at=order.decided,
                decline_reason=gettext(order.reason) if order.reason else "",
                decided_by=client.name[:120] if order.decision in ("accepted", "declined") else "",
            )  # fmt: skip
            quote.frozen = self._facts(quote)
            quotes.append(quote)
            lines += [self._quote_line(quote, line, wish) for line, wish in zip(order.lines, asked_here, strict=True)]
        self._create(Quote, [quote for quote in quotes if quote is not None])
        offered = {}
        for line in self._create(QuoteLine, lines):
            offered.setdefault(line.quote_id, []).append(line)
        self.seal([(quote, quote.sent_at, (offered[quote.pk],)) for quote in filter(None, quotes)])
        told = []
        for quote in filter(None, quotes):
            told.append(("sent", quote, self.office, quote.sent_at, {"total": str(quote.total)}))
            if quote.state in ("accepted", "declined"):
                told.append((quote.state, quote, None, quote.decided_at, {}))
        self._tell(told)
        return quotes

    def _facts(self, document: Quote | Invoice) -> dict:
        """As the verbs freeze them; what is the same for all offers, or invoices, to a client is looked up once."""
        from billing.facts import frozen_facts, vat_rows

        rates, key = {self.business.tax_percent: (document.net, document.tax)}, (type(document), document.client_id)
        if key not in self.facts:
            self.facts[key] = frozen_facts(document, rates)
        return {**self.facts[key], "vat": vat_rows(rates)}

    def _quote_line(self, quote, line, wish):
        return QuoteLine(
            workspace=self.workspace, quote=quote, position=wish.position, enquiry_line=wish,
            description=wish.description, quantity=line.quantity, unit_price=line.priced.unit_price,
            tax_percent=self.business.tax_percent, amount=line.priced.total, breakdown=line.priced.as_dict(),
            material_each=self._material_each(line), seconds_each=float(line.priced.seconds_each),
            design_file_id=wish.design_file_id, item_id=wish.item_id, product_id=wish.product_id,
            revision=wish.product.revision if wish.product else None,
        )  # fmt: skip

    def _jobs(self, orders, enquiries, quotes):
        jobs = []
        for order, enquiry, quote in zip(orders, enquiries, quotes, strict=True):
            if order.decision != "accepted":
                jobs.append(None)
                continue
            paid = sum(share for _at, share in order.payments) >= 0.999
            state = "approved" if not order.runs else "in_progress"
            if order.made:
                state = "completed" if order.invoiced and paid else "made"
            jobs.append(
                Job(
                    workspace=self.workspace, client=enquiry.client, enquiry=enquiry, title=order.title, state=state,
                    number=self.numbers.draw("job", order.decided.date(), client=enquiry.client.short_code),
                    due_on=order.due, approved_at=order.decided, quoted_total=quote.net,
                    tax_included=quote.tax_included, key=f"quote:{quote.pk}",
                    started_at=order.runs[0].started if order.runs else None, made_at=order.made,
                    completed_at=order.payments[-1][0] if state == "completed" else None,
                )
            )  # fmt: skip
        self._create(Job, [job for job in jobs if job is not None])
        linked = []
        for job, quote in zip(jobs, quotes, strict=True):
            if job is not None:
                quote.job = job
                linked.append(quote)
        Quote.objects.bulk_update(linked, ["job"], batch_size=200)
        self._create(Milestone, milestones.of_jobs(self.workspace, orders, jobs, self.operator))
        self._tell([("created", job, None, job.approved_at, {}) for job in jobs if job is not None])
        return jobs

    def _job_lines(self, orders, jobs):
        rows = []
        for order, job in zip(orders, jobs, strict=True):
            if job is None:
                continue
            for position, line in enumerate(order.lines, start=1):
                mine = [run for run in order.runs if run.line == position - 1]
                good = sum(run.good for run in mine)
                rows.append(
                    JobLine(
                        workspace=self.workspace, job=job, position=position, description=line.part.title,
                        design_file=self.drawings.get(line.part.design), item=self.business.items[line.part.item],
                        quantity=line.quantity, made_good=good, scrapped=sum(run.scrap for run in mine),
                        invoiced=line.quantity if order.invoiced else 0,
                        delivered=line.quantity if order.invoiced else 0, unit_price=line.priced.unit_price,
                        tax_percent=self.business.tax_percent, material_each=self._material_each(line),
                        seconds_each=float(line.priced.seconds_each),
                    )
                )  # fmt: skip
        by_job = {}
        for row in self._create(JobLine, rows):
            by_job.setdefault(row.job_id, []).append(row)
        return by_job

    # --- work and stock -------------------------------------------------------------------------------------------

    def _work(self, orders, jobs, lines):
        operations, runs = [], []
        for order, job in zip(orders, jobs, strict=True):
            if job is None:
                continue
            for number, line in enumerate(lines[job.pk]):
                mine = [run for run in order.runs if run.line == number]
                operation = self._operation(job, line, mine, len(operations))
                operations.append(operation)
                runs += [self._run(operation, run) for run in mine]
        self._reserve_open(operations)
        self._create(Operation, operations)
        self._create(Run, runs)
        self._moves(runs)
        told = []
        for run in runs:
            told.append(("started", run, self.operator, run.started_at, {}))
            told.append(("finished", run, self.operator, run.finished_at, {}))
        self._tell(told)

    def _operation(self, job, line, runs, number):
        good = line.made_good
        state = "completed" if good >= line.quantity else "queued"
        machine = self.business.machines[runs[0].machine if runs else number % len(self.business.machines)]
        return Operation(
            workspace=self.workspace, job_line=line, machine=machine, state=state, position=(number + 1) * 10,
            quantity=line.quantity, good=good, scrap=line.scrapped, seconds_each=line.seconds_each,
            created_at=job.approved_at, done_at=runs[-1].finished if state == "completed" else None,
        )  # fmt: skip

    def _run(self, operation, planned):
        used = operation.job_line.material_each * (planned.good + planned.scrap)
        return Run(
            workspace=self.workspace, operation=operation, machine=self.business.machines[planned.machine],
            operator=self.operator, state="finished", quantity=planned.good + planned.scrap, started_at=planned.started,
            machine_done_at=planned.finished, finished_at=planned.finished, estimated_seconds=planned.estimated,
            good=planned.good, scrap=planned.scrap, material_used=_thousandth(used),
        )  # fmt: skip

    def _reserve_open(self, operations):
        rows = []
        for operation in operations:
            line = operation.job_line
            wanted = _thousandth(line.material_each * operation.left)
            if operation.state != "queued" or not wanted:
                continue
            operation.reservation = Reservation(
                workspace=self.workspace, item=line.item, quantity=wanted, held=wanted, key=f"job-line:{line.pk}",
                label=f"{line.job.number} {line.description}"[:160], created_at=line.job.approved_at,
            )  # fmt: skip
            rows.append(operation.reservation)
            self.reserved[line.item_id] += wanted
        self._create(Reservation, rows)

    def _moves(self, runs):
        rows = []
        for run in sorted(runs, key=lambda run: run.finished_at):
            item = run.operation.job_line.item
            if not run.material_used:
                continue
            if self.stock[item.pk] - run.material_used < item.minimum / 2:
                rows.append(self._purchase(item, run.finished_at - dt.timedelta(hours=20)))
            self.stock[item.pk] -= run.material_used
            said = {"source": f"run:{run.pk}", "reason": run.operation.job_line.job.number, "by": self.operator}
            rows.append(self._move(item, "usage", -run.material_used, f"run:{run.pk}:use", run.finished_at, **said))
        self._create(Move, rows)

    def _purchase(self, item: Item, at, quantity=None):
        # Enough for a while, and always enough for the promises made.
        quantity = quantity or max(item.minimum * 3, Decimal(10))
        while self.stock[item.pk] + quantity < self.reserved[item.pk]:
            quantity *= 2
        self.stock[item.pk] += quantity
        key = f"purchase:{item.pk}:{at.timestamp()}:{self.stock[item.pk]}"
        return self._move(item, "purchase", quantity, key, at, by=self.office)

    def _move(self, item: Item, kind: str, quantity: Decimal, key: str, at, **said) -> Move:
        value = (quantity * item.price).quantize(Decimal("0.0001"))
        self.value[item.pk] += value
        return Move(
            workspace=self.workspace, item=item, kind=kind, quantity=quantity, unit_cost=item.price, value=value,
            location_id=item.default_location_id, key=key, at=at, **said,
        )  # fmt: skip

    def _material_each(self, line) -> Decimal:
        if line.part.grams:
            return Decimal(line.part.grams)
        return line.priced.sheets_per_piece.quantize(Decimal("0.000001"))

    # --- money ----------------------------------------------------------------------------------------------------

    def _invoices(self, orders, jobs, lines):
        billed = [(order, job) for order, job in zip(orders, jobs, strict=True) if job is not None and order.invoiced]
        billed.sort(key=lambda pair: pair[0].invoiced)
        invoices = [self._invoice(order, job, lines[job.pk]) for order, job in billed]
        self._create(Invoice, invoices)
        rows = self._create(InvoiceLine, [
            InvoiceLine(
                workspace=self.workspace, invoice=invoice, position=line.position, job_line=line,
                description=line.description, quantity=line.quantity, unit_price=line.unit_price,
                tax_percent=line.tax_percent, amount=cents(line.unit_price * line.quantity, self.workspace.currency),
            )
            for invoice in invoices for line in lines[invoice.job_id]
        ])  # fmt: skip
        self._seal(invoices, rows)
        self._tell([("issued", row, self.office, row.issued_at, {"total": str(row.total)}) for row in invoices])
        self._payments([(at, share, invoice) for (order, _job), invoice in zip(billed, invoices, strict=True)
                        for at, share in order.payments])  # fmt: skip

    def _invoice(self, order, job, lines):
        said = sum((cents(line.unit_price * line.quantity, self.workspace.currency) for line in lines), Decimal(0))
        sums = self._sums(said, job.tax_included)
        total = sums["total"]
        share = sum(part for _at, part in order.payments)
        paid = total if share >= 0.999 else cents(total * Decimal(str(share)), self.workspace.currency)
        state = "paid" if paid == total else ("partly_paid" if paid else "issued")
        invoice = Invoice(
            workspace=self.workspace, number=self.numbers.draw("invoice", order.invoiced.date()), client=job.client,
            job=job, state=state, currency=self.workspace.currency, issued_on=order.invoiced.date(),
            due_on=order.invoiced.date() + dt.timedelta(days=self.workspace.payment_days),
            supplied_on=order.made.date(), tax_included=job.tax_included, paid=paid, **sums,
            created_by=self.office, created_at=order.invoiced, issued_at=order.invoiced,
        )  # fmt: skip
        invoice.frozen = self._facts(invoice)
        return invoice

    def _seal(self, invoices, lines):
        """As issuing does; their PDFs are made when somebody first asks for one."""
        mine = {}
        for line in lines:
            mine.setdefault(line.invoice_id, []).append(line)
        self.seal([(invoice, invoice.issued_at, (mine[invoice.pk],)) for invoice in invoices])

    def seal(self, documents) -> None:
        """Links for (document, moment, its parts)."""
        seals = []
        for document, at, parts in documents:
            position, content = self.numbers.draw_position("seal"), chain.content_of(document, *parts)
            seals.append(chain.forge(document, self.office, position, self.link, content, at=at))
            self.link = seals[-1].link
        self._create(Seal, seals)

    def _payments(self, parts):
        parts.sort(key=lambda part: part[0])
        left = {invoice.pk: invoice.paid for _at, _share, invoice in parts}
        last = {invoice.pk: at for at, _share, invoice in parts}
        payments = []
        for number, (at, share, invoice) in enumerate(parts):
            amount = cents(invoice.total * Decimal(str(share)), invoice.currency)
            amount = left[invoice.pk] if at == last[invoice.pk] else min(amount, left[invoice.pk])
            left[invoice.pk] -= amount
            payments.append(
                Payment(
                    workspace=self.workspace, number=self.numbers.draw("payment", at.date()), client=invoice.client,
                    amount=amount, currency=invoice.currency, received_on=at.date(), reference=invoice.number,
                    key=f"history:{invoice.pk}:{number}", by=self.office, created_at=at,
                )
            )  # fmt: skip
        self._create(Payment, payments)
        settled = self._create(Allocation, [
            Allocation(
                workspace=self.workspace, payment=payment, invoice=part[2], amount=payment.amount,
                booked_on=payment.received_on,
            )
            for payment, part in zip(payments, parts, strict=True)
        ])  # fmt: skip
        self.seal([(row, payment.created_at, ()) for payment, part in zip(payments, settled, strict=True)
                   for row in (payment, part)])  # fmt: skip
        self._tell([("paid", part[2], self.office, payment.created_at, {"amount": str(payment.amount)})
                    for payment, part in zip(payments, parts, strict=True)])  # fmt: skip

    # --- end ------------------------------------------------------------------------------------------------------

    def close(self, now: dt.datetime) -> None:
        """Bring stock above what is promised and write balances and counters down."""
        rows = []
        for item in self.business.items.values():
            if self.stock[item.pk] < self.reserved[item.pk] + item.minimum / 2:
                rows.append(self._purchase(item, now - dt.timedelta(days=1)))
        self._create(Move, rows)
        items = list(self.business.items.values())
        for item in items:
            item.on_hand, item.reserved, item.value = (
                kept[item.pk] for kept in (self.stock, self.reserved, self.value)
            )
        Item.objects.bulk_update(items, ["on_hand", "reserved", "value"])
        self._create(Balance, [
            Balance(workspace=self.workspace, item=item, location_id=item.default_location_id, quantity=item.on_hand)
            for item in items
        ])  # fmt: skip
        self.numbers.store()

    def _create(self, model, rows):
        return model.objects.bulk_create(rows, batch_size=BATCH)

    def _tell(self, lines) -> None:
        """Activity lines: (verb, target, user, at, money)."""
        self._create(Activity, [
            Activity(
                workspace=self.workspace, at=at, actor=user, actor_name=str(user or "Laser OS"), verb=verb,
                target_type=self.kinds[type(target)], target_id=target.pk, target_label=str(target)[:200], money=money,
            )
            for verb, target, user, at, money in lines
        ])  # fmt: skip


def _thousandth(quantity: Decimal) -> Decimal:
    return quantity.quantize(Decimal("0.001"), rounding=ROUND_HALF_UP)
