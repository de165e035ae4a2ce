"""Fields that a page leaves out where the business has no use for them."""


def without_vat_number(fieldsets):
    """The same rows of fields, without that one."""

    def left(row):
        return tuple(name for name in row if name != "vat_number") if isinstance(row, tuple) else row

    return [(name, {**options, "fields": tuple(left(row) for row in options["fields"])}) for name, options in fieldsets]
