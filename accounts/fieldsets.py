"""Fields that a page leaves out where the business has no use for them."""

OF_VAT = ("vat_number", "small_business", "prices_with_tax")  # sales tax is in no price


def without_vat(fieldsets):
    """The same rows of fields, without those that only make sense where there is VAT."""

    def left(row):
        return tuple(name for name in row if name not in OF_VAT) if isinstance(row, tuple) else row

    def rows(fields):
        return tuple(row for row in map(left, fields) if row)

    return [(name, {**options, "fields": rows(options["fields"])}) for name, options in fieldsets]
