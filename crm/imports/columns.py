"""What a list of clients may have as columns, with the headings people give them in English and German."""

from accounts.imports.cells import Column, choice, email, letters, number, text, whole
from crm.models import Client, InvoiceFormat

KINDS = {"company": "business", "firma": "business", "geschäftskunde": "business", "b2b": "business",
         "person": "private", "privatkunde": "private", "b2c": "private"}  # fmt: skip
# The exception from what a business says of its prices (docs/adr/0021); "" takes one back.
PRICES = {"gross": "yes", "incl": "yes", "brutto": "yes", "inkl": "yes", "net": "no", "excl": "no", "netto": "no",
          "exkl": "no", "default": "", "standard": ""}  # fmt: skip
FORMATS = {"zugferd": "facturx-pdf", "factur-x": "facturx-pdf", "xrechnung": "xrechnung-ubl"}

COLUMNS = (
    Column("code", text(20), words=("number", "nummer", "kundennummer", "kundennr", "clientcode", "customernumber")),
    Column(
        "name", text(160), True, ("client", "customer", "kunde", "firma", "company", "firmenname"), "Kaya Steel Ltd"
    ),
    Column("kind", choice(Client.Kind.choices, KINDS), words=("art", "type"), example="business"),
    Column("email", email, words=("mail", "emailadresse"), example="office@kaya.example"),
    Column("phone", text(40), words=("telefon", "tel", "telephone"), example="+27 31 555 0100"),
    Column("vat_number", text(40), words=("vat", "vatid", "ustid", "ustidnr", "umsatzsteuerid"), example="4000000001"),
    Column(
        "payment_days", whole(0, 365), words=("terms", "paymentdays", "zahlungsziel", "zahlbarintagen"), example="30"
    ),
    Column("invoice_format", choice(InvoiceFormat.choices, FORMATS), words=("rechnungsformat",)),
    Column("buyer_reference", text(60), words=("leitwegid", "reference", "referenz")),
    Column(
        "prices_with_tax",
        choice(Client._meta.get_field("prices_with_tax").choices, PRICES),
        words=("pricesincludetax", "grossprices", "preiseenthaltensteuer", "preisemitsteuer", "bruttopreise"),
    ),
    Column("discount_percent", number(0, 2), words=("discount", "rabatt"), example="2.5"),
    Column("credit_limit", number(0, 2), words=("limit", "kreditlimit"), example="50000"),
    Column("tags", text(400), words=("schlagworte", "schlagwörter", "groups", "gruppen"), example="trade, north"),
    Column("street", text(200), words=("address", "adresse", "straße", "strasse", "anschrift"), example="1 Main Road"),
    Column("postcode", text(20), words=("zip", "plz", "postleitzahl", "postalcode"), example="4001"),
    Column("city", text(120), words=("town", "ort", "stadt"), example="Durban"),
    Column("state", letters(2), words=("bundesstaat", "province"), example=""),
    Column("country", letters(2), words=("land",), example="ZA"),
    Column("contact", text(120), words=("kontakt", "ansprechpartner", "contactname"), example="Zola Kaya"),
    Column("contact_email", email, words=("kontaktemail", "ansprechpartneremail")),
    Column("contact_phone", text(40), words=("kontakttelefon", "ansprechpartnertelefon")),
    Column("notes", text(2000), words=("notizen", "note", "bemerkung", "comment")),
)
