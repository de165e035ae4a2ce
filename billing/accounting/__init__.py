"""For the accountant: what happened as bookings on accounts, DATEV's file of them, the papers in an archive."""
