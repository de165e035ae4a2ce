"""The description of procedures that GoBD asks for, written from the settings as they are now."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from billing import closing
from billing.accounting.accounts import Accounts, labels_of
from billing.models import Seal, TaxRate, rules_of
from laseros.core import numbering
from laseros.core.templatetags.laseros import day, number


def sections(workspace) -> list[tuple[str, list[str]]]:
    """(heading, sentences), in the language that is on."""
    rules, until = rules_of(workspace), closing.closed_until()
    accounts = Accounts(rules)
    kinds = {"quote": _("Quotes"), "invoice": _("Invoices"), "credit": _("Credit notes and cancellations"),
             "payment": _("Payments"), "job": _("Jobs")}  # fmt: skip
    rates = [f"{rate.name}: {number(rate.percent)} %" for rate in TaxRate.objects.all()]
    return [
        (_("The business and the system"), [
            _("%(name)s keeps quotes, jobs, deliveries, invoices and payments in Laser OS.")
            % {"name": workspace.printed_name},
            _("Books are kept in %(currency)s; the country whose law applies is %(country)s.")
            % {"currency": workspace.currency, "country": workspace.country},
            _("Everybody has a log-in of their own; a role says what they may do. Who did what and when stands in the"
              " activity log, which nobody edits."),
        ]),
        (_("How a document comes about"), [
            _("A draft has no number. Issuing checks every field the law asks for, draws the next number, freezes"
              " names, addresses, tax and text, and stores PDF and XML with their SHA-256, all in one transaction or"
              " not at all."),
            _("Numbers are gapless for each year and drawn inside that transaction:"),
            *(f"{label}: {workspace.number_formats.get(kind) or numbering.DEFAULTS[kind]}"
              for kind, label in kinds.items()),
        ]),
        (_("How it is kept from change"), [
            _("An issued document is never changed or deleted: triggers of the database refuse it, whoever asks. It is"
              " corrected by a credit note or a cancellation that names it."),
            _("Every document is a link of a chain of SHA-256 prints: %(count)s links so far. “manage.py"
              " verify_documents” names whatever was changed.") % {"count": Seal.objects.count()},
        ]),
        (_("Payments"), [
            _("Money is booked with what it is for. A payment is never changed or deleted: it is taken back by another"
              " with a reason. Statements of the bank are read in and each line is taken once."),
            _("What nobody will pay is written off by right and with a reason."),
            _("Other currencies are booked at the rate of the day that stands on the document; gains and losses are"
              " worked out when money comes in."),
        ]),
        (_("Invoices of others"), [
            _("An electronic invoice that comes in is kept unchanged under its SHA-256, is a link of the same chain,"
              " and is never deleted. Who approved, rejected or paid it and when stands beside it and in the log."),
            _("It is not booked here: the file is handed over in the ZIP of documents, and the accountant books it."),
        ]),
        (_("Tax"), [*(rates or [_("No VAT is charged.")]),
                    *([_("Prices include tax for: %(whom)s. The tax is taken out of the sum of each rate, and what is"
                         " left is the net.") % {"whom": workspace.get_prices_with_tax_display()}]
                      if workspace.prices_with_tax != "never" else []),
                    *([_("Small business: no VAT (§ 19 UStG)")] if workspace.small_business else [])]),
        (_("Closed months"), [
            _("The books are closed until %(until)s.") % {"until": day(until)} if until
            else _("No month is closed yet."),
            _("Nothing can be issued, paid or taken back on a day in closed books; triggers refuse that too. Opening"
              " them again needs a right and a reason, which stay in the log."),
        ]),
        (pgettext("books", "Accounts"), [
            _("Chart of accounts: %(chart)s") % {"chart": rules.get_chart_display()},
            *(f"{label}: {accounts.of(*key.split(':'))}" for key, label in labels_of(workspace.country).items()),
        ]),
        (_("Export and keeping"), [
            _("Bookings are handed over as DATEV EXTF (format 700, version 13), CSV or XLSX; documents as a ZIP with a"
              " manifest that names every file with its SHA-256."),
            _("This description was written from the settings on %(day)s.")
            % {"day": day(timezone.localdate())},
        ]),
    ]  # fmt: skip
