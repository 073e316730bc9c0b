"""Pages of accounts: signing in, one's own account, and the people of an organisation."""
