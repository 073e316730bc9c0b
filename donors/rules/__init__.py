"""May it be promised, delivered, paid? The guards of offers, pledges, deliveries and contributions."""
