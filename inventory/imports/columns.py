"""What the lists may have as columns, with the headings people give them in English and German."""

from accounts.imports.cells import Column, choice, colour, email, letters, number, text, whole
from inventory.models import Item, Lot

UNITS = {"sheets": "sheet", "tafel": "sheet", "tafeln": "sheet", "stk": "pcs", "stück": "pcs", "pc": "pcs",
         "piece": "pcs", "pieces": "pcs", "gram": "g", "gramm": "g", "kilogram": "kg", "kilogramm": "kg",
         "m²": "m2", "qm": "m2", "sqm": "m2", "meter": "m", "metre": "m", "flasche": "bottle",
         "flaschen": "bottle"}  # fmt: skip
CATEGORIES = {"sheet": "sheet", "blech": "sheet", "metal": "sheet", "parts": "part", "teile": "part", "gase": "gas",
              "verbrauch": "consumable", "werkzeug": "tool"}  # fmt: skip
LOT_KINDS = {"loose": "", "lose": "", "none": "", "spule": "spool", "tafel": "sheet", "charge": "batch"}

ITEMS = (
    Column("code", text(40), words=("number", "nummer", "artikelnummer", "itemcode"), example=""),
    Column("name", text(160), True, ("item", "artikel", "bezeichnung", "description"), "Mild steel 3 mm"),
    Column("category", choice(Item.Category.choices, CATEGORIES), True, ("kategorie", "type"), "sheet"),
    Column("unit", choice(Item.Unit.choices, UNITS), True, ("einheit", "unitofmeasure"), "sheet"),
    Column("material", text(80), words=("werkstoff",), example="MS"),
    Column("thickness_mm", number(0, 2, more=True), words=("thickness", "dicke", "dickemm", "stärke"), example="3"),
    Column("width_mm", number(0, 1, more=True), words=("width", "breite", "sheetwidthmm", "tafelbreitemm"),
           example="2450"),
    Column("height_mm", number(0, 1, more=True), words=("height", "höhe", "length", "länge", "sheetheightmm",
                                                        "tafelhöhemm"), example="1225"),
    Column("grade", text(40), words=("güte",), example="S235JR"),
    Column("brand", text(60), words=("marke", "hersteller", "vendor", "manufacturer")),
    Column("colour", text(40), words=("color", "farbe")),
    Column("colour_hex", colour, words=("colourcode", "colorhex", "farbcode")),
    Column("diameter_mm", number(0, 2, more=True), words=("diameter", "durchmesser", "durchmessermm")),
    Column("pack_size", number(0, 3, more=True), words=("pack", "gebinde", "packungsgröße")),
    Column("price", number(0, 4), words=("priceperunit", "preis", "preisjeeinheit", "cost", "kosten"), example="1850"),
    Column("minimum", number(0, 3), words=("min", "mindestbestand"), example="4"),
    Column("target", number(0, 3), words=("targetstock", "zielbestand", "max")),
    Column("location", text(80), words=("place", "usualplace", "ort", "lagerort", "platz")),
)  # fmt: skip

LOTS = (
    Column("item", text(200), True, ("code", "itemcode", "artikel", "artikelnummer"), "INV-MS-3MM-001"),
    Column("quantity", number(0, 3, more=True), True, ("menge", "amount", "bestand", "onhand"), "10"),
    Column("unit", choice(Item.Unit.choices, UNITS), words=("einheit",), example="sheet"),
    Column("kind", choice(Lot.Kind.choices, LOT_KINDS), words=("art",)),
    Column("location", text(80), words=("place", "ort", "lagerort", "platz")),
    Column("heat", text(60), words=("heatnumber", "schmelze", "charge", "batch", "lotnumber"), example="H-4711"),
    Column("unit_cost", number(0, 4), words=("cost", "price", "preis", "kosten", "stückkosten"), example="1790"),
    Column("gross_g", number(0, 1, more=True), words=("gross", "brutto", "bruttog")),
    Column("tare_g", number(0, 1), words=("tare", "tara", "emptyspoolg", "leerespuleg")),
    Column("supplier", text(120), words=("lieferant",)),
    Column("note", text(200), words=("notiz", "comment", "bemerkung")),
)

SUPPLIERS = (
    Column("code", text(20), words=("number", "nummer", "lieferantennummer")),
    Column("name", text(160), True, ("supplier", "lieferant", "firma", "company"), "Steel & Co"),
    Column("email", email, words=("emailfororders", "emailfürbestellungen", "mail"), example="orders@steel.example"),
    Column("phone", text(40), words=("telefon", "tel"), example="+27 31 555 0100"),
    Column("website", text(200), words=("web", "url")),
    Column("address", text(500), words=("adresse", "anschrift"), example="1 Mill Road, Durban 4001"),
    Column("country", letters(2), words=("land",), example="ZA"),
    Column("vat_number", text(40), words=("vat", "ustidnr", "ustid"), example="4000000001"),
    Column("customer_number", text(40), words=("ourcustomernumber", "kundennummer", "unserekundennummer")),
    Column("currency", letters(3), words=("währung",), example="ZAR"),
    Column("language", choice((("en", "en"), ("de", "de")), {"english": "en", "german": "de", "deutsch": "de",
                                                            "englisch": "en"}), words=("languageoforders", "sprache",
                                                                                       "sprachederbestellungen")),
    Column("payment_days", whole(0, 365), words=("paymentwithindays", "zahlungsziel", "zahlbarintagen")),
    Column("terms", text(200), words=("bedingungen",)),
    Column("lead_days", whole(0, 730), words=("deliverswithindays", "lieferzeit", "lieferzeittage"), example="5"),
    Column("minimum_order", number(0, 4), words=("mindestbestellwert",)),
    Column("contact", text(120), words=("kontakt", "ansprechpartner"), example="Thandi Nkosi"),
    Column("contact_email", email, words=("kontaktemail",)),
    Column("contact_phone", text(40), words=("kontakttelefon",)),
    Column("notes", text(2000), words=("notizen", "note", "bemerkung")),
)  # fmt: skip

# As Spoolman's export flattens it, and as its interface nests it: both arrive with dots.
SPOOLMAN = (
    Column("id", whole(0, 2_000_000_000), True, example="1"),
    Column("filament.name", text(64), example="Galaxy Black"),
    Column("filament.vendor.name", text(60), example="Extruda"),
    Column("filament.material", text(40), example="PLA"),
    Column("filament.density", number(0, 3, more=True), example="1.24"),
    Column("filament.diameter", number(0, 2, more=True), example="1.75"),
    Column("filament.weight", number(0, 1, more=True), example="1000"),
    Column("filament.spool_weight", number(0, 1), example="140"),
    Column("filament.vendor.empty_spool_weight", number(0, 1)),
    Column("filament.price", number(0, 4), example="19.90"),
    Column("filament.color_hex", text(8), example="1d1d1b"),
    Column("filament.multi_color_hexes", text(200)),
    Column("filament.id", whole(0, 2_000_000_000), example="1"),
    Column("initial_weight", number(0, 1)),
    Column("spool_weight", number(0, 1)),
    Column("remaining_weight", number(0, 1)),
    Column("used_weight", number(0, 1), example="120"),
    Column("price", number(0, 4)),
    Column("location", text(80), example="Dry box"),
    Column("lot_nr", text(60)),
    Column("comment", text(1024)),
    Column("archived", text(10)),
)
