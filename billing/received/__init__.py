"""Electronic invoices that others send us: kept as they came, and shown."""
