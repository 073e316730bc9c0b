"""Pages on which offers, pledges, deliveries, contributions and entries of a ledger are written."""
