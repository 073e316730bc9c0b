"""Pages of offers, pledges, deliveries and contributions. Every row comes from a selector for the actor."""
